#include "config/value_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.hpp"

namespace reel::config {
namespace {

std::string mistake(std::string_view section, std::string_view key, std::string_view value) {
    return find_mistake(*find_option(section, key), value).value_or("");
}

TEST(ParseBoolean, TakesAirflowsWordsInAnyCase) {
    for (const char* word : {"true", "True", "t", "YES", "y", "on", "1"}) {
        EXPECT_EQ(parse_boolean(word), true) << word;
    }
    for (const char* word : {"false", "False", "f", "NO", "n", "off", "0"}) {
        EXPECT_EQ(parse_boolean(word), false) << word;
    }
    for (const char* word : {"", "2", "ja", "truee"}) {
        EXPECT_EQ(parse_boolean(word), std::nullopt) << word;
    }
}

TEST(ParseInteger, TakesAWholeNumberAndNothingElse) {
    EXPECT_EQ(parse_integer("-12"), -12);
    for (const char* text : {"", "1.5", "1 ", "0x10", "99999999999999999999"}) {
        EXPECT_EQ(parse_integer(text), std::nullopt) << text;
    }
}

TEST(FindMistake, ChecksEachTypeOfOption) {
    EXPECT_EQ(mistake("core", "parallelism", "8"), "");
    EXPECT_EQ(mistake("core", "parallelism", "0"), "must be between 1 and 2147483647, not 0");
    EXPECT_EQ(mistake("core", "dags_are_paused_at_creation", "no"), "");
    EXPECT_EQ(
        mistake("core", "dags_are_paused_at_creation", "maybe"),
        "must be true or false, not 'maybe'"
    );
    EXPECT_EQ(mistake("core", "dags_folder", ""), "must name a path");
    EXPECT_EQ(mistake("core", "graceful_stop_timeout", "5m"), "");
    EXPECT_EQ(
        mistake("core", "graceful_stop_timeout", "soon"),
        "must be a duration like 30s, 5m or PT1H, not 'soon'"
    );
    EXPECT_EQ(mistake("core", "default_timezone", "Europe/Berlin"), "");
    EXPECT_EQ(
        mistake("core", "default_timezone", "Europe/Atlantis"),
        "'Europe/Atlantis' is not a time zone; name one like Europe/Berlin"
    );
    EXPECT_EQ(mistake("logging", "level", "debug"), "");
    EXPECT_EQ(mistake("api", "host", "anything"), "");
}

}  // namespace
}  // namespace reel::config
