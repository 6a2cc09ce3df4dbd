#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/did_you_mean.hpp"

namespace reel::core {
namespace {

using Words = std::vector<std::string>;

struct WordCase {
    const char* word;
    Words candidates;
    std::string nearest;  ///< "" where there is none
};

TEST(NearestWord, IsTheOneWithTheFewestSlips) {
    const std::vector<WordCase> table{
        {"retries", {"retries"}, "retries"},
        {"retrie", {"retries"}, "retries"},
        {"retriess", {"retries"}, "retries"},
        {"retties", {"retries"}, "retries"},
        {"rteries", {"retries"}, "retries"},
        {"Retries", {"retries"}, "retries"},
        {"sql", {"SQL"}, "SQL"},
        {"pol", {"pool", "poll"}, "pool"},
        {"poll", {"pool", "poll"}, "poll"},
        {"cat", {"cart", "cat"}, "cat"},
    };
    for (const auto& [word, candidates, nearest] : table) {
        EXPECT_EQ(nearest_word(word, candidates).value_or(""), nearest) << word;
    }
}

TEST(NearestWord, MayDifferInAThirdOfItsLettersAndInOneOfAShortWord) {
    EXPECT_EQ(nearest_word("abcdef", Words{"abcdXY"}), "abcdXY");
    EXPECT_EQ(nearest_word("abcdef", Words{"abcXYZ"}), std::nullopt);
    EXPECT_EQ(nearest_word("ab", Words{"aX"}), "aX");
    EXPECT_EQ(nearest_word("ab", Words{"XY"}), std::nullopt);
    EXPECT_EQ(nearest_word("abc", Words{"abXY"}), std::nullopt);
}

TEST(NearestWord, IsNeverOneOfWhichNothingIsLeft) {
    EXPECT_EQ(nearest_word("b", Words{"a"}), std::nullopt);
    EXPECT_EQ(nearest_word("a", Words{"a"}), "a");
    EXPECT_EQ(nearest_word("ab", Words{"a", ""}), std::nullopt);
}

TEST(NearestWord, IsNotLookedForBehindEmptyOrEndlessWords) {
    const std::string longest(200, 'x');
    EXPECT_EQ(nearest_word("", Words{"a", ""}), std::nullopt);
    EXPECT_EQ(nearest_word(longest, Words{longest}), longest);
    EXPECT_EQ(nearest_word(longest + "x", Words{longest}), std::nullopt);
    EXPECT_EQ(nearest_word(longest, Words{longest + "x"}), std::nullopt);
}

TEST(NearestWord, CountsASwapOfNeighboursOnce) {
    // Two changes would be too many for three letters.
    EXPECT_EQ(nearest_word("lqs", Words{"lsq"}), "lsq");
    EXPECT_EQ(nearest_word("slq", Words{"sql"}), "sql");
    EXPECT_EQ(nearest_word("lqs", Words{"sql"}), std::nullopt);
}

TEST(Keys, HaveTheSignsOfTheirKind) {
    for (int code = 1; code < 256; ++code) {
        const char c = static_cast<char>(code);
        const bool is_alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const std::string text(1, c);
        EXPECT_EQ(is_valid_key(text), is_alphanumeric || std::string("_.-").contains(c)) << code;
        EXPECT_EQ(is_valid_run_id(text), is_alphanumeric || std::string("_.~:+-").contains(c))
            << code;
    }
}

TEST(Keys, AreWholeWithTheirLastByte) {
    EXPECT_FALSE(is_valid_key("a\n"));
    EXPECT_FALSE(is_valid_key(std::string_view("a\0b", 3)));
    EXPECT_FALSE(is_valid_run_id("a "));
    EXPECT_TRUE(is_valid_run_id(std::string(250, 'r')));
    EXPECT_FALSE(is_valid_run_id(std::string(251, 'r')));
    EXPECT_FALSE(is_valid_run_id(""));
}

TEST(Names, AreOrderedAndHashedByTheirText) {
    EXPECT_LT(TaskId("a"), TaskId("b"));
    EXPECT_EQ(TaskId("a"), TaskId(std::string("a")));
    EXPECT_EQ(TaskId("a"), TaskId(std::string_view("a")));
    EXPECT_TRUE(TaskId().empty());
    EXPECT_EQ(std::hash<TaskId>{}(TaskId("a")), std::hash<TaskId>{}(TaskId("a")));
}

TEST(TaskKeys, AreOrderedByDagThenRunThenTaskThenIndex) {
    const auto key = [](const char* dag, const char* run, const char* task, int index) {
        return TaskKey{DagId(dag), RunId(run), TaskId(task), index};
    };
    const std::vector<TaskKey> ascending{
        key("a", "z", "z", 9),
        key("b", "a", "z", 9),
        key("b", "b", "a", 9),
        key("b", "b", "b", -1),
        key("b", "b", "b", 0),
    };
    for (std::size_t i = 1; i < ascending.size(); ++i) EXPECT_LT(ascending[i - 1], ascending[i]);
    EXPECT_EQ((TaskKey{DagId("a"), RunId("r"), TaskId("t")}).map_index, -1);
}

TEST(Errors, AreDescribedWithOnlyWhatTheyHave) {
    EXPECT_EQ((Error{.message = "m", .where = "w"}).describe(), "w: m");
    EXPECT_EQ((Error{.message = "m", .hint = "h"}).describe(), "m\nhint: h");
}

TEST(Errors, MadeByFailKeepEveryPartInItsPlace) {
    const Result<int> failed = fail(Errc::conflict, "message", "hint", "where");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::conflict);
    EXPECT_EQ(failed.error().message, "message");
    EXPECT_EQ(failed.error().hint, "hint");
    EXPECT_EQ(failed.error().where, "where");
    const Result<int> plain = fail(Errc::not_found, "message");
    EXPECT_EQ(plain.error().describe(), "message");
}

}  // namespace
}  // namespace reel::core
