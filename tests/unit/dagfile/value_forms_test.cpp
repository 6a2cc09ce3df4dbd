#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/diagnostics.hpp"
#include "dagfile/text_checks.hpp"
#include "dagfile/values.hpp"
#include "dagfile/xcom_reference.hpp"
#include "dagfile/yaml_reader.hpp"

namespace reel::dagfile {
namespace {

using namespace std::chrono_literals;

Node read(std::string_view yaml) {
    Diagnostics diagnostics;
    return read_yaml(yaml, "f.yaml", diagnostics).value_or(Node{});
}

using Texts = std::vector<std::pair<const char*, const char*>>;

TEST(TimedeltaValue, KnowsEveryPartOfPythons) {
    const std::vector<std::pair<const char*, core::Duration>> table{
        {"weeks: 1", 168h},
        {"days: 1", 24h},
        {"hours: 1", 1h},
        {"minutes: 1", 1min},
        {"seconds: 1", 1s},
        {"milliseconds: 1", 1ms},
        {"microseconds: 1", 1us},
        {"hours: 0.5", 30min},
        {"hours: 1, minutes: -30", 30min},
        {"days: 0", 0s},
    };
    for (const auto& [parts, expected] : table) {
        const auto length =
            read_duration(read("{__type__: datetime.timedelta, " + std::string(parts) + "}"));
        ASSERT_TRUE(length) << parts;
        EXPECT_EQ(*length, expected) << parts;
    }
    EXPECT_EQ(read_duration(read("{__type__: datetime.timedelta}")).value(), 0s);
}

TEST(DurationValue, SaysWhatIsWrongWithIt) {
    const Texts table{
        {"soon", "must be a duration, not the text 'soon'"},
        {"null", "must be a duration, not nothing"},
        {"true", "must be a duration, not true"},
        {"[5]", "must be a duration, not a list"},
        {"{minutes: 5}", "must be a duration, not a map"},
        {"-1", "must not be negative"},
        {"-0.001", "must not be negative"},
        {"3200000001", "is longer than a century"},
        {"-3200000001", "is longer than a century"},
        {"{__type__: datetime.timedelta, weeks: 6000}", "is longer than a century"},
        {"{__type__: datetime.timedelta, years: 1}", "'years' is no part of a timedelta"},
        {"{__type__: datetime.timedelta, hours: '1'}", "'hours' is no part of a timedelta"},
        {"{__type__: datetime.datetime, year: 1}",
         "is a 'datetime.datetime', which is not supported"},
    };
    for (const auto& [yaml, message] : table) {
        const auto length = read_duration(read(yaml));
        ASSERT_FALSE(length) << yaml;
        EXPECT_EQ(length.error().message, message) << yaml;
        EXPECT_EQ(length.error().code, core::Errc::invalid_argument) << yaml;
    }
}

TEST(DurationValue, MayBeACenturyLongAndNoMore) {
    EXPECT_TRUE(read_duration(read("3200000000")));
    EXPECT_FALSE(read_duration(read("3200000000.1")));
}

TEST(DateValue, CountsBackInEveryUnitThatIsASecondOrMore) {
    const core::Timestamp now = std::chrono::sys_days(std::chrono::year(2024) / 3 / 10) + 15h;
    const std::vector<std::pair<const char*, core::Duration>> table{
        {"1 second", 1s},
        {"30 seconds", 30s},
        {"5 minutes", 5min},
        {"1 hour", 1h},
        {"0 days", 0s},
        {"31 days", 744h},
        {"2 weeks", 336h},
        {"2 week", 336h},
        {"100000 days", 24h * 100000},
    };
    for (const auto& [text, ago] : table) {
        const auto date = read_date(read(text), {.timezone = "Asia/Tokyo", .now = now});
        ASSERT_TRUE(date) << text;
        EXPECT_EQ(*date, now - 15h - ago) << text;
    }
    for (const char* text :
         {"1 millisecond",
          "1 month",
          "1 year",
          "100001 days",
          "-1 days",
          "1.5 days",
          "1  day",
          "day",
          "1 days ago",
          "one day",
          "99999999999999999999 days"}) {
        EXPECT_FALSE(read_date(read(text), {.timezone = "UTC", .now = now})) << text;
    }
}

TEST(DateValue, SaysWhatItIsInstead) {
    const Texts table{
        {"5", "must be a date, not 5"},
        {"[2024-01-01]", "must be a date, not a list"},
        {"null", "must be a date, not nothing"},
        {"someday", "must be a date, not the text 'someday'"},
        {"2024-02-30", "must be a date, not the text '2024-02-30'"},
    };
    for (const auto& [yaml, message] : table) {
        EXPECT_EQ(read_date(read(yaml), {}).error().message, message);
    }
}

TEST(BackoffValue, IsNothingForWhatIsNoNumber) {
    EXPECT_EQ(read_backoff(read("text")), 0);
    EXPECT_EQ(read_backoff(read("[1]")), 0);
    EXPECT_EQ(read_backoff(read("0")), 0);
    EXPECT_EQ(read_backoff(read("2.5")), 2.5);
}

TEST(HasType, LooksForTheExactTextOfAMap) {
    EXPECT_TRUE(has_type(read("{__type__: a.b}"), "a.b"));
    EXPECT_FALSE(has_type(read("{__type__: a.b.c}"), "a.b"));
    EXPECT_FALSE(has_type(read("{__type__: 5}"), "5"));
    EXPECT_FALSE(has_type(read("{type: a.b}"), "a.b"));
    EXPECT_FALSE(has_type(read("a.b"), "a.b"));
}

TEST(XComText, NamesATaskAndItsKey) {
    const std::vector<std::tuple<const char*, const char*, const char*>> table{
        {"+a", "a", "return_value"},
        {"+g.a-1_x", "g.a-1_x", "return_value"},
        {"+a['k']", "a", "k"},
        {"+a[\"k\"]", "a", "k"},
        {"+a['with blank']", "a", "with blank"},
        {"+a['it\"s']", "a", "it\"s"},
        {"+a['[0]']", "a", "[0]"},
        {"+5", "5", "return_value"},
    };
    for (const auto& [text, task, key] : table) {
        const auto reference = parse_xcom_reference(text);
        ASSERT_TRUE(reference) << text;
        EXPECT_EQ(reference->task, task) << text;
        EXPECT_EQ(reference->key, key) << text;
    }
}

TEST(XComText, IsPlainTextInAnyOtherForm) {
    for (const char* text :
         {"",
          "+",
          "++a",
          "a+",
          " +a",
          "+a b",
          "+a\n",
          "+['k']",
          "+a[",
          "+a]",
          "+a['']",
          "+a['k'",
          "+a['k'] ",
          "+a[k]",
          "+a['k\"]",
          "+ä",
          "+1+2",
          "+a/b"}) {
        EXPECT_FALSE(parse_xcom_reference(text)) << text;
    }
}

TEST(XComNode, HoldsTaskAndKeyAtThePlaceOfTheText) {
    const core::SourcePosition at{"f.yaml", 3, 4};
    const Node node = make_xcom_node(at, "g.a", "k");
    EXPECT_EQ(to_json_text(node), R"({"__xcom__":{"task_id":"g.a","key":"k"}})");
    EXPECT_EQ(node.at, at);
    EXPECT_EQ(node.entries[0].value.entries[1].value.at, at);
}

TEST(RejectLimitText, IsACountOrAShare) {
    for (const char* text : {"0", "007", "0%", "1.%", ".5%", "100 %", "5   %", "{{ p }}%"}) {
        EXPECT_FALSE(check_reject_limit(text)) << text;
    }
    for (const char* text : {" 1", "1 ", "% 1", "1%%", "1,5%", "1e2", "-1", "%", " %", "."}) {
        EXPECT_TRUE(check_reject_limit(text)) << text;
    }
    EXPECT_EQ(check_reject_limit("few"), "must be a share like 1% or a count, not 'few'");
}

TEST(ChecksumText, IsOneOfTwoKindsWithAllItsDigits) {
    const std::string hex(64, 'b');
    for (const std::string& text :
         {"sha256:" + hex, "md5:" + hex.substr(0, 32), std::string("{{ params.sum }}")}) {
        EXPECT_FALSE(check_checksum(text)) << text;
    }
    for (const std::string& text :
         {"sha256:" + hex + "b",
          "sha256:" + hex.substr(1),
          "SHA256:" + hex,
          "sha1:" + hex.substr(0, 40),
          "md5:" + hex,
          "sha256: " + hex,
          std::string("sha256:"),
          std::string("{ params.sum }")}) {
        EXPECT_TRUE(check_checksum(text)) << text;
    }
}

TEST(TextMistakes, AreToldInTheseWords) {
    EXPECT_EQ(check_timezone("Mars/Base"), "must be a time zone, not 'Mars/Base'");
    EXPECT_EQ(check_tag(""), "must have 1 to 100 bytes");
    EXPECT_EQ(check_not_blank("\t\r\n "), "must not be blank");
    EXPECT_EQ(check_column_reference("x"), "must be table.column, not 'x'");
    EXPECT_EQ(check_duration_text("x"), "must be a duration like 3d or PT5M, not 'x'");
    EXPECT_EQ(check_cron("60 * * * *"), "is not valid: cron field 'minute': out of range in '60'");
    EXPECT_EQ(
        check_key("a b"),
        "must be made of letters, digits, '_', '-' and '.', at most 250 bytes, not 'a b'"
    );
}

}  // namespace
}  // namespace reel::dagfile
