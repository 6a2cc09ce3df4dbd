#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/databases.hpp"
#include "daemon/settings.hpp"
#include "daemon/task_executor.hpp"
#include "unit/config/temporary_home.hpp"

namespace reel::daemon {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// What the configuration becomes before anything is started.
class ServicesSettings : public ::testing::Test {
  protected:
    config::Config config(const config::Environment& environment = {}) {
        return home_.load(environment).value();
    }
    config::TemporaryHome home_;
};

TEST_F(ServicesSettings, SecretsAreMadeOnceWhereNoneAreConfigured) {
    const auto made = load_secrets(config());
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_EQ(made->admin_password.size(), 64U);
    EXPECT_NE(made->admin_password, made->jwt_secret);
    const auto again = load_secrets(config());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->admin_password, made->admin_password);
    EXPECT_EQ(again->jwt_secret, made->jwt_secret);
    for (const char* const name : {"admin_password", "jwt_secret"}) {
        const auto mode = fs::status(home_.path() / name).permissions() & fs::perms::mask;
        EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write) << name;
    }
}

TEST_F(ServicesSettings, ASecretOfTheConfigurationGoesBeforeTheFileAndIsNotWritten) {
    home_.write("admin_password", "of the file\n");
    const auto mixed = load_secrets(config({{"REEL__API__JWT_SECRET", "configured"}}));
    ASSERT_TRUE(mixed);
    EXPECT_EQ(mixed->admin_password, "of the file");
    EXPECT_EQ(mixed->jwt_secret, "configured");
    EXPECT_FALSE(fs::exists(home_.path() / "jwt_secret"));
    const auto both = load_secrets(
        config({{"REEL__API__JWT_SECRET", "k"}, {"REEL__API__ADMIN_PASSWORD", "configured too"}})
    );
    ASSERT_TRUE(both);
    EXPECT_EQ(both->admin_password, "configured too");
}

TEST_F(ServicesSettings, CallbacksAreMadeAsTheConfigurationSays) {
    const auto usual = notifier_options(config(), {}, "127.0.0.1:8123");
    EXPECT_EQ(usual.retries, 3);
    EXPECT_EQ(usual.retry_delay, std::chrono::seconds(10));
    EXPECT_EQ(usual.base_url, "http://127.0.0.1:8123");
    Databases databases;
    databases.warehouse = "postgresql://w";
    const auto other = notifier_options(
        config(
            {{"REEL__CORE__CALLBACK_RETRIES", "0"},
             {"REEL__CORE__CALLBACK_RETRY_DELAY", "1m"},
             {"REEL__API__BASE_URL", "https://reel.example/ui//"}}
        ),
        databases,
        "localhost:1"
    );
    EXPECT_EQ(other.retries, 0);
    EXPECT_EQ(other.retry_delay, std::chrono::minutes(1));
    EXPECT_EQ(other.base_url, "https://reel.example/ui");
    EXPECT_EQ(other.default_warehouse_uri, "postgresql://w");
}

TEST_F(ServicesSettings, ASecretThatCannotBeKeptIsAnErrorThatNamesItsFile) {
    for (const std::string name : {"admin_password", "jwt_secret"}) {
        fs::remove_all(home_.path() / name);
        fs::create_directories(home_.path() / name / "a folder, of all things");
        const auto secrets = load_secrets(config());
        ASSERT_FALSE(secrets) << name;
        EXPECT_THAT(secrets.error().where, HasSubstr((home_.path() / name).string()));
        fs::remove_all(home_.path() / name);
    }
}

TEST_F(ServicesSettings, TasksRunWhereTheConfigurationSays) {
    EXPECT_FALSE(runs_on_workers(config({})));
    for (const auto& [word, apart] : std::vector<std::pair<std::string, bool>>{
             {"local", false}, {"LocalExecutor", false}, {"worker", true}, {"CeleryExecutor", true}
         }) {
        EXPECT_EQ(runs_on_workers(config({{"REEL__CORE__EXECUTOR", word}})), apart) << word;
    }
}

TEST_F(ServicesSettings, TheExecutorGetsItsShareOfTheConfiguration) {
    Databases databases;
    databases.warehouse = "postgresql:///w";
    const auto options = executor_options(
        config(
            {{"REEL__LOGGING__BASE_LOG_FOLDER", "/elsewhere/logs"},
             {"REEL__WAREHOUSE__KEEP_FAILED_STAGING", "90"},
             {"REEL_VAR_X", "1"}}
        ),
        databases
    );
    EXPECT_EQ(options.logs, "/elsewhere/logs");
    EXPECT_EQ(options.default_warehouse_uri, "postgresql:///w");
    EXPECT_EQ(options.keep_failed_staging, std::chrono::seconds(90));
    EXPECT_EQ(options.environment.at("REEL_VAR_X"), "1");
    EXPECT_EQ(options.runner.directory, home_.path() / "run");
    EXPECT_EQ(options.program, fs::read_symlink("/proc/self/exe"));
    EXPECT_EQ(options.runner.program, options.program.parent_path() / "reel-runner");
}

TEST_F(ServicesSettings, ADatabaseThatIsGivenIsTakenAndNoClusterStarted) {
    struct Case {
        config::Environment environment;
        const char* warehouse;
    };
    for (const Case& each : std::vector<Case>{
             {{{"REEL__DATABASE__URL", "postgresql:///m"}}, ""},
             {{{"REEL__DATABASE__URL", "postgresql:///m"},
               {"REEL__WAREHOUSE__URL", "postgresql:///w"}},
              "postgresql:///w"}
         }) {
        const auto databases = open_databases(config(each.environment));
        ASSERT_TRUE(databases);
        EXPECT_EQ(databases->metadata, "postgresql:///m");
        EXPECT_EQ(databases->warehouse, each.warehouse);
        EXPECT_EQ(databases->cluster, nullptr);
    }
    EXPECT_FALSE(fs::exists(home_.path() / "pg"));
}

TEST_F(ServicesSettings, TheServerListensWhereItsSectionSays) {
    const auto given = config(
        {{"REEL__API__HOST", "0.0.0.0"},
         {"REEL__API__PORT", "81"},
         {"REEL__SCHEDULER__HOST", "10.0.0.7"},
         {"REEL__SCHEDULER__PORT", "8974"}}
    );
    const ServerSecrets secrets{"pw", "key"};
    const auto api = server_options(given, secrets, "api");
    EXPECT_EQ(api.host, "0.0.0.0");
    EXPECT_EQ(api.port, 81);
    const auto scheduler = server_options(given, secrets, "scheduler");
    EXPECT_EQ(scheduler.host, "10.0.0.7");
    EXPECT_EQ(scheduler.port, 8974);
    EXPECT_EQ(scheduler.jwt_secret, "key") << "tokens of one are good for the other";
    EXPECT_EQ(scheduler.admin_password, "pw");
}

TEST_F(ServicesSettings, AHomeKeepsTheNameThatTheLeaseKnowsItBy) {
    const auto holder = lease_holder(config());
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->pid, ::getpid());
    EXPECT_FALSE(holder->hostname.empty());
    EXPECT_EQ(holder->home.size(), 64U);
    EXPECT_EQ(lease_holder(config())->home, holder->home);
    const config::TemporaryHome other;
    EXPECT_NE(lease_holder(other.load({}).value())->home, holder->home);
}

TEST(ReachableAddress, IsTheHostsNameWhereOneListensEverywhere) {
    EXPECT_EQ(reachable_address("127.0.0.1", 8080, "box"), "127.0.0.1:8080");
    EXPECT_EQ(reachable_address("0.0.0.0", 8080, "box"), "box:8080");
    EXPECT_EQ(reachable_address("::", 1, "box"), "box:1");
    EXPECT_EQ(reachable_address("::1", 1, "box"), "[::1]:1");
    EXPECT_EQ(reachable_address("scheduler.internal", 1, "box"), "scheduler.internal:1");
}

}  // namespace
}  // namespace reel::daemon
