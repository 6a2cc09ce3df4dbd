#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "config/settings.hpp"
#include "config/value_check.hpp"

namespace reel::config {
namespace {

using testing::HasSubstr;

std::string mistake_of(const Option& option, std::string_view value) {
    return find_mistake(option, value).value_or("");
}

Option option_of(OptionType type) {
    return {.section = "s", .key = "k", .type = type, .default_value = "", .meaning = ""};
}

TEST(BooleanWord, IsTakenInAnyMixOfCases) {
    for (const char* word : {"TRUE", "tRuE", "T", "Yes", "Y", "ON", "oN"}) {
        EXPECT_EQ(parse_boolean(word), true) << word;
    }
    for (const char* word : {"FALSE", "fAlSe", "F", "No", "N", "OFF", "oFf"}) {
        EXPECT_EQ(parse_boolean(word), false) << word;
    }
}

TEST(BooleanWord, HasNothingAroundItAndNoOtherNumbers) {
    for (const char* word : {" true", "true ", "00", "01", "-1", "10", "yess", "tr", "null", "~"}) {
        EXPECT_EQ(parse_boolean(word), std::nullopt) << word;
    }
}

TEST(WholeNumber, IsReadUpToTheBordersOfSixtyFourBits) {
    EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<long long>::max());
    EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<long long>::min());
    EXPECT_EQ(parse_integer("9223372036854775808"), std::nullopt);
    EXPECT_EQ(parse_integer("-9223372036854775809"), std::nullopt);
}

TEST(WholeNumber, MayBeginWithZerosAndOneMinus) {
    EXPECT_EQ(parse_integer("007"), 7);
    EXPECT_EQ(parse_integer("-0"), 0);
    for (const char* text : {"+7", "--7", "- 7", " 7", "7\n", "7e1", "1_000", "1,000", "seven"}) {
        EXPECT_EQ(parse_integer(text), std::nullopt) << text;
    }
}

TEST(IntegerOption, IsHeldToBothOfItsBordersAndMayLieOnThem) {
    Option option = option_of(OptionType::integer);
    option.minimum = -3;
    option.maximum = 5;
    for (const char* value : {"-3", "0", "5"}) {
        EXPECT_EQ(mistake_of(option, value), "") << value;
    }
    EXPECT_EQ(mistake_of(option, "-4"), "must be between -3 and 5, not -4");
    EXPECT_EQ(mistake_of(option, "6"), "must be between -3 and 5, not 6");
    EXPECT_EQ(
        mistake_of(option, "9223372036854775808"),
        "must be a whole number, not '9223372036854775808'"
    );
}

TEST(IntegerOption, FitsAnIntUnlessItSaysOtherwise) {
    const Option option = option_of(OptionType::integer);
    EXPECT_EQ(mistake_of(option, "2147483647"), "");
    EXPECT_EQ(mistake_of(option, "2147483648"), "must be between 0 and 2147483647, not 2147483648");
    EXPECT_EQ(mistake_of(option, "-1"), "must be between 0 and 2147483647, not -1");
}

TEST(DurationOption, TakesEveryFormOfADuration) {
    const Option option = option_of(OptionType::duration);
    for (const char* value :
         {"0", "90", "1.5", "5m", "1h30m", "PT5M", "P1D", "01:30:00", "2 days"}) {
        EXPECT_EQ(mistake_of(option, value), "") << value;
    }
    for (const char* value : {"", "soon", "-5m", "5x", "9999999w"}) {
        EXPECT_EQ(
            mistake_of(option, value),
            "must be a duration like 30s, 5m or PT1H, not '" + std::string(value) + "'"
        );
    }
}

TEST(ChoiceOption, TakesItsWordsExactly) {
    Option option = option_of(OptionType::text);
    option.choices = "red|green|blue";
    for (const char* value : {"red", "green", "blue"}) {
        EXPECT_EQ(mistake_of(option, value), "") << value;
    }
    for (const char* value : {"", "Red", "red|green", "red ", "|"}) {
        EXPECT_THAT(mistake_of(option, value), HasSubstr("must be one of red, green, blue, not"))
            << value;
    }
}

TEST(ChoiceOption, OffersTheWordThatWasMeant) {
    Option option = option_of(OptionType::text);
    option.choices = "red|green|blue";
    EXPECT_EQ(
        mistake_of(option, "gren"),
        "must be one of red, green, blue, not 'gren'; did you mean 'green'?"
    );
    EXPECT_EQ(mistake_of(option, "yellow"), "must be one of red, green, blue, not 'yellow'");
}

TEST(ChoiceOption, MayHaveOneWordOnly) {
    Option option = option_of(OptionType::text);
    option.choices = "only";
    EXPECT_EQ(mistake_of(option, "only"), "");
    EXPECT_NE(mistake_of(option, "other"), "");
}

TEST(TextOption, TakesAnythingWithoutChoices) {
    for (const char* value : {"", " ", "*", "$REEL_HOME", "ä\n"}) {
        EXPECT_EQ(mistake_of(option_of(OptionType::text), value), "") << value;
    }
}

TEST(PathOption, MayBeAnythingButNothing) {
    EXPECT_EQ(mistake_of(option_of(OptionType::path), "relative/../x"), "");
    EXPECT_EQ(mistake_of(option_of(OptionType::path), ""), "must name a path");
}

TEST(BooleanOption, SaysWhatItMayBe) {
    EXPECT_EQ(mistake_of(option_of(OptionType::boolean), "OFF"), "");
    EXPECT_EQ(mistake_of(option_of(OptionType::boolean), ""), "must be true or false, not ''");
}

TEST(DeclaredOptions, AreHeldToTheirBorders) {
    const std::vector<std::tuple<const char*, const char*, const char*, const char*>> table{
        {"core", "parallelism", "1", "0"},
        {"core", "max_active_tasks_per_dag", "1", "0"},
        {"core", "max_active_runs_per_dag", "1", "-1"},
        {"core", "max_map_length", "1", "0"},
        {"core", "dags_are_paused_at_creation", "off", "never"},
        {"core", "fork_shells", "no", "sometimes"},
        {"core", "default_timezone", "UTC", "utc+1"},
        {"core", "default_timezone", "Asia/Kathmandu", ""},
        {"core", "graceful_stop_timeout", "0", "-1s"},
        {"core", "data_folder", "x", ""},
        {"core", "retention_runs", "30d", "-1d"},
        {"core", "retention_records", "0", "never"},
        {"warehouse", "keep_failed_staging", "P3D", "3 fortnights"},
        {"scheduler", "task_instance_heartbeat_timeout", "1m", "m"},
        {"api", "port", "0", "-1"},
        {"api", "port", "65535", "65536"},
        {"api", "token_lifetime", "1w", "forever"},
        {"logging", "level", "off", "verbose"},
        {"logging", "level", "trace", "INFO"},
    };
    for (const auto& [section, key, good, bad] : table) {
        const Option* option = find_option(section, key);
        ASSERT_NE(option, nullptr) << section << "." << key;
        EXPECT_EQ(mistake_of(*option, good), "") << key << " " << good;
        EXPECT_NE(mistake_of(*option, bad), "") << key << " " << bad;
    }
}

TEST(DeclaredOptions, AreFoundByTheirExactNameOnly) {
    ASSERT_NE(find_option("api", "port"), nullptr);
    EXPECT_EQ(full_name(*find_option("api", "port")), "api.port");
    EXPECT_EQ(find_option("API", "port"), nullptr);
    EXPECT_EQ(find_option("core", "port"), nullptr);
    EXPECT_EQ(find_option("", ""), nullptr);
}

TEST(UnknownOption, IsToldWithTheNearestOrWithWhereToLook) {
    EXPECT_EQ(
        unknown_option("core", "dag_folder"),
        "unknown option 'core.dag_folder'; did you mean 'core.dags_folder'?"
    );
    EXPECT_EQ(
        unknown_option("apii", "port"), "unknown option 'apii.port'; did you mean 'api.port'?"
    );
    EXPECT_EQ(
        unknown_option("webserver", "theme"),
        "unknown option 'webserver.theme'; 'reel config list' shows all"
    );
}

}  // namespace
}  // namespace reel::config
