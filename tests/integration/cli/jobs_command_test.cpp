#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "cli/command_line.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/manual_clock.hpp"
#include "support/test_cluster.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;

/// `reel jobs check` on a database of its own.
class JobsCommand : public ::testing::Test {
  protected:
    JobsCommand() {
        server_.database_uri = [this](const config::Config&, const std::string&) {
            return core::Result<std::string>(uri_);
        };
        EXPECT_TRUE(store::migrate(uri_));
        store_ = store::make_postgres_store(uri_);
    }
    int run(const std::vector<std::string>& words) {
        std::istringstream in;
        std::ostringstream out;
        std::ostringstream err;
        const int status = run_command(
            words,
            {.in = in,
             .out = out,
             .err = err,
             .server = server_side(server_),
             .environment = {{"REEL_HOME", "/nowhere"}},
             .clock = clock_,
             .connect = {},
             .pause = {}}
        );
        out_ = out.str();
        err_ = err.str();
        return status;
    }

    std::string uri_ = support::test_database();
    ServerCommands server_;
    support::ManualClock clock_;
    std::unique_ptr<store::RunStore> store_;
    std::string out_;
    std::string err_;
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
