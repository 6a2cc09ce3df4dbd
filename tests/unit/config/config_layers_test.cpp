#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_home.hpp"

namespace reel::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Config loaded(const TemporaryHome& home, Environment environment = {}) {
    auto config = home.load(std::move(environment));
    EXPECT_TRUE(config) << config.error().message;
    return std::move(config).value();
}

TEST(ConfigLayers, AreEachTheOriginOfTheirValues) {
    const TemporaryHome home;
    home.write("reel.yaml", "core: {parallelism: 8}\n");
    const Config config = loaded(home, {{"REEL__API__PORT", "1"}});
    EXPECT_EQ(config.origin("core", "parallelism"), Origin::file);
    EXPECT_EQ(config.origin("api", "port"), Origin::environment);
    EXPECT_EQ(config.origin("api", "host"), Origin::default_value);
}

TEST(ConfigLayers, CountEvenWhenTheySayTheDefault) {
    const TemporaryHome home;
    home.write("reel.yaml", "api: {port: 8080}\n");
    EXPECT_EQ(loaded(home).origin("api", "port"), Origin::file);
}

TEST(ConfigLayers, LeaveTheFileInPlaceWhereAVariableIsEmpty) {
    const TemporaryHome home;
    home.write("reel.yaml", "api: {port: 9000}\n");
    const Config config = loaded(home, {{"REEL__API__PORT", ""}});
    EXPECT_EQ(config.integer("api", "port"), 9000);
    EXPECT_EQ(config.origin("api", "port"), Origin::file);
}

TEST(ConfigLayers, AreAllCheckedThoughOneCoversTheOther) {
    const TemporaryHome home;
    home.write("reel.yaml", "api: {port: many}\n");
    const auto config = home.load({{"REEL__API__PORT", "9000"}});
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, HasSubstr("api.port must be a whole number, not 'many'"));
}

TEST(ConfigHome, IsMadeAbsoluteAndNormal) {
    const auto config = Config::load({{"REEL_HOME", "/nonexistent/a/../b/./c"}});
    ASSERT_TRUE(config);
    EXPECT_EQ(config->home(), "/nonexistent/b/c");
    const auto relative = Config::load({{"REEL_HOME", "nonexistent-home"}});
    ASSERT_TRUE(relative);
    EXPECT_EQ(relative->home(), std::filesystem::current_path() / "nonexistent-home");
}

TEST(ConfigHome, IsTheUsersWhereReelHomeIsEmpty) {
    const auto config = Config::load({{"REEL_HOME", ""}, {"HOME", "/nonexistent/ada"}});
    ASSERT_TRUE(config);
    EXPECT_EQ(config->home(), "/nonexistent/ada/.reel");
    EXPECT_FALSE(Config::load({{"REEL_HOME", ""}, {"HOME", ""}}));
}

TEST(ConfigHome, IsReplacedOnlyAtTheBeginOfAPath) {
    const TemporaryHome home;
    const Config config = loaded(
        home, {{"REEL__CORE__DAGS_FOLDER", "/x/$REEL_HOME"}, {"REEL__API__HOST", "$REEL_HOME"}}
    );
    EXPECT_EQ(config.path("core", "dags_folder"), "/x/$REEL_HOME");
    EXPECT_EQ(config.text("api", "host"), "$REEL_HOME");
}

TEST(ConfigPath, IsAbsoluteAndNormal) {
    const TemporaryHome home;
    const Config config = loaded(
        home, {{"REEL__CORE__DAGS_FOLDER", "dags"}, {"REEL__CORE__DATA_FOLDER", "/a//b/../c"}}
    );
    EXPECT_EQ(config.path("core", "dags_folder"), std::filesystem::current_path() / "dags");
    EXPECT_EQ(config.path("core", "data_folder"), "/a/c");
}

TEST(ConfigValues, AreReadInEveryFormTheirTypeHas) {
    const TemporaryHome home;
    for (const char* no : {"false", "NO", "off", "0"}) {
        EXPECT_FALSE(loaded(
                         home, {{"REEL__CORE__DAGS_ARE_PAUSED_AT_CREATION", no}}
        ).boolean("core", "dags_are_paused_at_creation")
        ) << no;
    }
    for (const char* minute : {"60", "1m", "PT1M", "00:01:00", "60000ms"}) {
        EXPECT_EQ(
            loaded(
                home, {{"REEL__CORE__GRACEFUL_STOP_TIMEOUT", minute}}
            ).duration("core", "graceful_stop_timeout"),
            1min
        ) << minute;
    }
}

TEST(ConfigValues, OfASecretFileCountAsTheEnvironments) {
    const TemporaryHome home;
    home.write("reel.yaml", "api: {jwt_secret: of-the-file}\n");
    const Config config =
        loaded(home, {{"REEL__API__JWT_SECRET_FILE", home.write("secret", "of-the-secret\n")}});
    EXPECT_EQ(config.text("api", "jwt_secret"), "of-the-secret");
    EXPECT_EQ(config.origin("api", "jwt_secret"), Origin::environment);
}

TEST(ConfigDeathTest, AbortsOnAValueReadAsAnotherType) {
    const TemporaryHome home;
    const Config config = loaded(home);
    EXPECT_DEATH(static_cast<void>(config.integer("api", "host")), "api.host");
    EXPECT_DEATH(static_cast<void>(config.boolean("api", "port")), "api.port");
    EXPECT_DEATH(static_cast<void>(config.duration("api", "host")), "api.host");
    EXPECT_DEATH(static_cast<void>(config.origin("api", "nothing")), "api.nothing");
}

}  // namespace
}  // namespace reel::config
