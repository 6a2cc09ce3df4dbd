#include "api/line_diff.hpp"

#include <gtest/gtest.h>

#include <string>

namespace reel::api {
namespace {

std::string diff(std::string_view from, std::string_view to) {
    return unified_diff(from, to, {.from = "old", .to = "new"});
}

/// The lines from..to, each on its own.
std::string numbers(int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i) text += std::to_string(i) + "\n";
    return text;
}

TEST(LineDiff, IsEmptyForEqualTexts) {
    EXPECT_EQ(diff("", ""), "");
    EXPECT_EQ(diff("a\nb\n", "a\nb\n"), "");
}

TEST(LineDiff, ShowsAChangeBetweenThreeLinesOnEitherSide) {
    EXPECT_EQ(
        diff(numbers(1, 10), numbers(1, 4) + "five\n" + numbers(6, 10)),
        "--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
    );
}

TEST(LineDiff, KeepsDistantChangesApartAndCloseOnesTogether) {
    const std::string far = diff(numbers(1, 20), numbers(2, 19));
    EXPECT_EQ(
        far,
        "--- old\n+++ new\n@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n"
        "@@ -17,4 +16,3 @@\n 17\n 18\n 19\n-20\n"
    );
    EXPECT_EQ(
        diff(numbers(1, 6), numbers(2, 5)),
        "--- old\n+++ new\n@@ -1,6 +1,4 @@\n-1\n 2\n 3\n 4\n 5\n-6\n"
    );
}

TEST(LineDiff, NamesEmptySidesAsDiffDoes) {
    EXPECT_EQ(diff("", "a\n"), "--- old\n+++ new\n@@ -0,0 +1,1 @@\n+a\n");
    EXPECT_EQ(diff("a\n", ""), "--- old\n+++ new\n@@ -1,1 +0,0 @@\n-a\n");
}

TEST(LineDiff, FindsTheLongestCommonPart) {
    EXPECT_EQ(
        diff("a\nb\nc\n", "b\nc\nd\n"), "--- old\n+++ new\n@@ -1,3 +1,3 @@\n-a\n b\n c\n+d\n"
    );
}

TEST(LineDiff, GivesUpOnHugeChangesAndStillTellsThem) {
    const std::string text = diff(numbers(1, 5000), numbers(6000, 11000));
    EXPECT_NE(text.find("@@ -1,5000 +1,5001 @@\n-1\n"), std::string::npos);
    EXPECT_NE(text.find("\n+11000\n"), std::string::npos);
}

}  // namespace
}  // namespace reel::api
