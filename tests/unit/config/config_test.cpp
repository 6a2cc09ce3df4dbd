#include "reel/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "temporary_home.hpp"

namespace reel::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Config, GivesTheDefaultsWhereNothingIsSet) {
    const TemporaryHome home;
    const auto config = home.load();
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->home(), home.path());
    EXPECT_EQ(config->path("core", "dags_folder"), home.path() / "dags");
    EXPECT_EQ(config->path("core", "data_folder"), home.path() / "data");
    EXPECT_EQ(config->path("logging", "base_log_folder"), home.path() / "logs");
    EXPECT_EQ(config->integer("core", "parallelism"), 32);
    EXPECT_EQ(config->text("core", "executor"), "local");
    EXPECT_EQ(config->text("worker", "queues"), "default");
    EXPECT_EQ(config->integer("worker", "concurrency"), 16);
    EXPECT_EQ(config->integer("core", "max_active_tasks_per_dag"), 16);
    EXPECT_EQ(config->integer("core", "max_active_runs_per_dag"), 16);
    EXPECT_TRUE(config->boolean("core", "dags_are_paused_at_creation"));
    EXPECT_EQ(config->text("core", "default_timezone"), "UTC");
    EXPECT_EQ(config->duration("core", "graceful_stop_timeout"), 30s);
    EXPECT_EQ(config->text("database", "url"), "");
    EXPECT_EQ(config->text("api", "host"), "127.0.0.1");
    EXPECT_EQ(config->integer("api", "port"), 8080);
    EXPECT_EQ(config->duration("api", "token_lifetime"), 24h);
    EXPECT_EQ(config->duration("warehouse", "keep_failed_staging"), 72h);
    EXPECT_EQ(config->duration("scheduler", "task_instance_heartbeat_timeout"), 300s);
    EXPECT_EQ(config->origin("api", "port"), Origin::default_value);
}

TEST(Config, LetsTheFileOverrideDefaultsAndTheEnvironmentTheFile) {
    const TemporaryHome home;
    home.write("reel.yaml", "core:\n  parallelism: 8\napi: {port: 9000, host: 0.0.0.0}\n");
    const auto config = home.load({{"REEL__API__PORT", "9001"}});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->integer("core", "parallelism"), 8);
    EXPECT_EQ(config->origin("core", "parallelism"), Origin::file);
    EXPECT_EQ(config->integer("api", "port"), 9001);
    EXPECT_EQ(config->origin("api", "port"), Origin::environment);
    EXPECT_EQ(config->text("api", "host"), "0.0.0.0");
}

TEST(Config, ReportsAllMistakesOfFileAndEnvironmentAtOnce) {
    const TemporaryHome home;
    home.write("reel.yaml", "core:\n  paralelism: 8\n  parallelism: many\n");
    const auto config = home.load(
        {{"REEL__API__PORT", "70000"}, {"REEL__API__HOTS", "x"}, {"REEL__LOGGING__LEVEL", "inof"}}
    );
    ASSERT_FALSE(config);
    const std::string file = (home.path() / "reel.yaml").string();
    EXPECT_EQ(config.error().code, core::Errc::invalid_argument);
    EXPECT_EQ(
        config.error().message,
        file + ":2:3: unknown option 'core.paralelism'; did you mean 'core.parallelism'?\n" + file +
            ":3:16: core.parallelism must be a whole number, not 'many'\n"
            "REEL__API__HOTS: unknown option 'api.hots'; did you mean 'api.host'?\n"
            "REEL__API__PORT: api.port must be between 0 and 65535, not 70000\n"
            "REEL__LOGGING__LEVEL: logging.level must be one of trace, debug, info, warn, error, "
            "critical, off, not 'inof'; did you mean 'info'?"
    );
}

TEST(Config, FindsItsHomeBelowTheUsersWhenNoneIsNamed) {
    const auto config = Config::load({{"HOME", "/nonexistent/ada"}});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->home(), "/nonexistent/ada/.reel");
    EXPECT_EQ(config->path("core", "dags_folder"), "/nonexistent/ada/.reel/dags");
}

TEST(Config, RefusesToGuessAHome) {
    const auto config = Config::load({});
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, HasSubstr("REEL_HOME"));
    EXPECT_THAT(config.error().hint, HasSubstr("set REEL_HOME"));
}

TEST(Config, ReplacesTheHomeInPaths) {
    const TemporaryHome home;
    const auto config = home.load(
        {{"REEL__CORE__DAGS_FOLDER", "$REEL_HOME/pipelines"}, {"REEL__CORE__DATA_FOLDER", "/d"}}
    );
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->path("core", "dags_folder"), home.path() / "pipelines");
    EXPECT_EQ(config->path("core", "data_folder"), "/d");
}

TEST(Config, KeepsTheEnvironmentForConnectionsAndVariables) {
    const TemporaryHome home;
    const auto config = home.load({{"REEL_CONN_WAREHOUSE", "postgresql://h/d"}});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->environment().at("REEL_CONN_WAREHOUSE"), "postgresql://h/d");
}

TEST(ConfigDeathTest, AbortsOnAnOptionThatIsNotDeclared) {
    const TemporaryHome home;
    const auto config = home.load();
    ASSERT_TRUE(config);
    EXPECT_DEATH(static_cast<void>(config->text("core", "nothing")), "core.nothing");
}

TEST(Options, AreDeclaredOnceEachWithAMeaningAndAValidDefault) {
    std::set<std::string> names;
    for (const Option& option : all_options()) {
        const std::string name = std::string(option.section) + "." + std::string(option.key);
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_FALSE(option.meaning.empty()) << name;
    }
    const TemporaryHome home;
    for (const Option& option : all_options()) {
        if (option.default_value.empty()) {
            continue;
        }
        std::string variable =
            "REEL__" + std::string(option.section) + "__" + std::string(option.key);
        for (char& c : variable) {
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
        const auto config = home.load({{variable, std::string(option.default_value)}});
        EXPECT_TRUE(config) << config.error().message;
    }
}

TEST(Options, WithPasswordsInThemAreSecret) {
    std::set<std::string> secrets;
    for (const Option& option : all_options()) {
        if (option.secret) {
            secrets.insert(std::string(option.section) + "." + std::string(option.key));
        }
    }
    EXPECT_THAT(
        secrets,
        testing::ElementsAre(
            "api.admin_password", "api.jwt_secret", "database.url", "warehouse.url"
        )
    );
}

}  // namespace
}  // namespace reel::config
