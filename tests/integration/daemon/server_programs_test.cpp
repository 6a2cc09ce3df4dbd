// `reel scheduler` and `reel api-server` as programs, over a database that is given.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "integration/daemon/program.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/test_cluster.hpp"
#include "unit/config/temporary_home.hpp"

namespace reel::daemon {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServerPrograms : public ::testing::Test {
  protected:
    ServerPrograms() {
        EXPECT_TRUE(store::migrate(uri_));
        store_ = store::make_postgres_store(uri_);
    }

    config::TemporaryHome home_;
    std::string uri_ = support::test_database();
    std::unique_ptr<store::RunStore> store_;
    std::map<std::string, std::string> environment_{
        {"REEL_HOME", home_.path().string()},
        {"REEL__API__PORT", "0"},
        {"REEL__DATABASE__URL", uri_}
    };
};

TEST_F(ServerPrograms, SayThatTheyNeedADatabaseThatAllShare) {
    environment_.erase("REEL__DATABASE__URL");
    for (const std::string name : {"scheduler", "api-server"}) {
        Program program({name}, environment_);
        EXPECT_EQ(program.end(), 1);
        EXPECT_THAT(program.output(), HasSubstr("database.url is not set"));
        EXPECT_THAT(program.output(), HasSubstr("`reel " + name + "`"));
        EXPECT_THAT(program.output(), HasSubstr("set REEL__DATABASE__URL"));
    }
    EXPECT_FALSE(fs::exists(home_.path() / "pg")) << "no Postgres was made for them";
}

TEST_F(ServerPrograms, ASchedulerHoldsTheLeaseWhileItRunsAndGivesItBack) {
    Program program({"scheduler"}, environment_);
    ASSERT_TRUE(program.wait_for("leading, term=1")) << program.output();
    const store::LeaseRecord lease = store_->read_lease();
    EXPECT_TRUE(lease.is_held());
    EXPECT_EQ(lease.holder.pid, program.pid());
    EXPECT_THAT(lease.holder.address, StartsWith("127.0.0.1:"));
    program.signal(SIGTERM);
    EXPECT_EQ(program.end(), 0) << program.output();
    EXPECT_FALSE(store_->read_lease().is_held());
    EXPECT_FALSE(fs::exists(home_.path() / "run" / "token")) << "people do not come to it";
}

TEST_F(ServerPrograms, ASecondOneStandsByAndSaysSoOnce) {
    Program first({"scheduler"}, environment_);
    ASSERT_TRUE(first.wait_for("leading, term=1")) << first.output();
    Program second({"scheduler"}, environment_);
    ASSERT_TRUE(second.wait_for("standing by")) << second.output();
    EXPECT_THAT(second.output(), HasSubstr("pid=" + std::to_string(first.pid())));
    first.signal(SIGTERM);
    EXPECT_EQ(first.end(), 0) << first.output();
    ASSERT_TRUE(second.wait_for("leading, term=2")) << second.output();
    EXPECT_EQ(second.output().find("standing by"), second.output().rfind("standing by"));
    second.signal(SIGTERM);
    EXPECT_EQ(second.end(), 0) << second.output();
}

TEST_F(ServerPrograms, AStandbyStopsAtOnceAndLeavesTheLeaseAlone) {
    Program first({"scheduler"}, environment_);
    ASSERT_TRUE(first.wait_for("leading, term=1")) << first.output();
    Program second({"scheduler"}, environment_);
    ASSERT_TRUE(second.wait_for("standing by")) << second.output();
    second.signal(SIGTERM);
    EXPECT_EQ(second.end(), 0) << second.output();
    EXPECT_TRUE(store_->read_lease().is_held());
    first.signal(SIGTERM);
    EXPECT_EQ(first.end(), 0);
}

TEST_F(ServerPrograms, AKilledOneIsNotWaitedForInItsOwnHome) {
    environment_["REEL__SCHEDULER__LEASE"] = "1h";
    {
        Program first({"scheduler"}, environment_);
        ASSERT_TRUE(first.wait_for("leading, term=1")) << first.output();
        first.signal(SIGKILL);
        EXPECT_EQ(first.end(), -SIGKILL);
    }
    Program second({"scheduler"}, environment_);
    ASSERT_TRUE(second.wait_for("leading, term=2")) << second.output();
    EXPECT_THAT(second.output(), Not(HasSubstr("standing by")));
    second.signal(SIGTERM);
    EXPECT_EQ(second.end(), 0);
}

TEST_F(ServerPrograms, AnApiServerNeedsNoSchedulerToStart) {
    Program program({"api-server"}, environment_);
    ASSERT_TRUE(program.wait_for("listens on http://127.0.0.1:")) << program.output();
    EXPECT_TRUE(fs::exists(home_.path() / "run" / "token"));
    EXPECT_EQ(store_->read_lease().epoch, 0) << "it does not lead";
    program.signal(SIGTERM);
    EXPECT_EQ(program.end(), 0) << program.output();
}

}  // namespace
}  // namespace reel::daemon
