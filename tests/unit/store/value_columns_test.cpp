#include "store/value_columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace reel::store {

namespace {

using testing::ElementsAre;

const std::string replaced = "\xEF\xBF\xBD";

TEST(CleanText, LeavesValidTextAlone) {
    for (const char* text : {"", "plain\n\t", "ü", "€", "\xF0\x9F\x8E\xAC", "\xEF\xBF\xBD"}) {
        EXPECT_EQ(clean_text(text), text);
    }
}

TEST(CleanText, ReplacesNulsAndBytesThatAreNotUtf8) {
    EXPECT_EQ(clean_text(std::string("a\0b", 3)), "a" + replaced + "b");
    EXPECT_EQ(clean_text("a\xff"), "a" + replaced);
    EXPECT_EQ(clean_text("\xC3"), replaced);
    EXPECT_EQ(clean_text("\xC3("), replaced + "(");
    EXPECT_EQ(clean_text("\xC0\xAF"), replaced + replaced) << "overlong";
    EXPECT_EQ(clean_text("\xE0\x80\x80"), replaced + replaced + replaced) << "overlong";
    EXPECT_EQ(clean_text("\xED\xA0\x80"), replaced + replaced + replaced) << "surrogate";
    EXPECT_EQ(clean_text("\xF4\x90\x80\x80").substr(0, 3), replaced) << "beyond U+10FFFF";
}

TEST(Values, AreMicrosecondsNumbersAndWords) {
    using std::chrono::microseconds;
    EXPECT_EQ(time_value(core::Timestamp(microseconds(1'767'225'600'000'001))), "1767225600000001");
    EXPECT_EQ(time_value(core::Timestamp(microseconds(-1))), "-1");
    EXPECT_EQ(time_value(std::nullopt), std::nullopt);
    EXPECT_EQ(number_value(-7), "-7");
    EXPECT_EQ(state_value(core::TaskState::up_for_retry), "up_for_retry");
    EXPECT_EQ(state_value(core::TaskState::none), std::nullopt);
}

TEST(Values, OfAPageFitIntoABigint) {
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    EXPECT_THAT(page_values({.limit = 5, .offset = 0}), ElementsAre("5", "0"));
    EXPECT_THAT(
        page_values({.limit = most, .offset = most}),
        ElementsAre("9223372036854775807", "9223372036854775807")
    );
}

TEST(Columns, HoldOneValuePerRow) {
    RunRecord first;
    first.dag_id = core::DagId("a");
    RunRecord second;
    second.dag_id = core::DagId("b");
    second.logical_date = core::Timestamp(std::chrono::microseconds(5));
    const Columns columns = run_columns({&first, &second});
    ASSERT_EQ(columns.size(), 17U);
    EXPECT_THAT(columns[0], ElementsAre("a", "b"));
    EXPECT_THAT(columns[7], ElementsAre(std::nullopt, "5"));
    EXPECT_EQ(task_columns({}).size(), 23U);
    EXPECT_EQ(attempt_columns({}).size(), 13U);
    EXPECT_EQ(xcom_columns({}).size(), 7U);
}

}  // namespace

}  // namespace reel::store
