#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "command_case.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/test_cluster.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;

/// `reel jobs check` on a database of its own.
class JobsCommand : public CommandCase {
  protected:
    JobsCommand() {
        server_.database_uri = [this](const config::Config&, const std::string&) {
            return core::Result<std::string>(uri_);
        };
        EXPECT_TRUE(store::migrate(uri_));
        store_ = store::make_postgres_store(uri_);
    }

    std::string uri_ = support::test_database();
    std::unique_ptr<store::RunStore> store_;
};

TEST_F(JobsCommand, TellsWhetherASchedulerIsAlive) {
    EXPECT_EQ(run({"jobs", "check"}), 1);
    EXPECT_THAT(err_, HasSubstr("error: no scheduler is alive"));
    EXPECT_THAT(err_, HasSubstr("hint: none has led yet"));
    EXPECT_EQ(out_, "");
    const store::LeaseHolder holder{.hostname = "box", .pid = 7, .home = "h", .address = "box:1"};
    ASSERT_TRUE(store_->acquire_lease(holder, std::chrono::hours(1), {}));
    EXPECT_EQ(run({"jobs", "check"}), 0) << err_;
    EXPECT_THAT(out_, HasSubstr("pid 7 on box leads"));
    EXPECT_EQ(run({"jobs", "check", "--job-type", "SchedulerJob", "--hostname", "box"}), 0);
    EXPECT_EQ(run({"jobs", "check", "--hostname", "other"}), 1);
    EXPECT_THAT(err_, HasSubstr("the one that leads is on box"));
    store_->release_lease(1);
    EXPECT_EQ(run({"jobs", "check"}), 1);
    EXPECT_THAT(err_, HasSubstr("the last one was pid 7 on box"));
}

TEST_F(JobsCommand, KnowsNoOtherJobs) {
    EXPECT_EQ(run({"jobs", "check", "--job-type", "TriggererJob"}), 2);
    EXPECT_EQ(run({"jobs"}), 2);
}

}  // namespace

}  // namespace reel::cli
