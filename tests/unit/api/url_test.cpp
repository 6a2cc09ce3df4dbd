#include "api/url.hpp"

#include <gtest/gtest.h>

namespace reel::api {

using Segments = std::vector<std::string>;
using Fields = std::vector<std::pair<std::string, std::string>>;

TEST(Url, SplitsThePathAndDecodesEachSegmentByItself) {
    const auto url = parse_target("/api/v2/variables/a%2Fb%20c");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->segments, (Segments{"api", "v2", "variables", "a/b c"}));
}

TEST(Url, LeavesAPlusInThePathAlone) {
    const auto url = parse_target("/dagRuns/manual__2026-01-01T00:00:00+00:00");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->segments[1], "manual__2026-01-01T00:00:00+00:00");
    const auto encoded = parse_target("/dagRuns/manual__2026-01-01T00%3A00%3A00%2B00%3A00");
    ASSERT_TRUE(encoded.has_value());
    EXPECT_EQ(encoded->segments, url->segments);
}

TEST(Url, ReadsTheQueryWithRepeatsBlanksAndEmptyValues) {
    const auto url = parse_target("/x?tags=a&tags=b+c%2B&flag&=v&&empty=");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(
        url->query,
        (Fields{{"tags", "a"}, {"tags", "b c+"}, {"flag", ""}, {"", "v"}, {"empty", ""}})
    );
}

TEST(Url, TakesTheRootATrailingSlashAndAWholeUrl) {
    EXPECT_TRUE(parse_target("/")->segments.empty());
    EXPECT_TRUE(parse_target("/?a=1")->segments.empty());
    EXPECT_EQ(parse_target("/health/")->segments, (Segments{"health"}));
    EXPECT_EQ(parse_target("http://host:8080/health")->segments, (Segments{"health"}));
    EXPECT_TRUE(parse_target("http://host")->segments.empty());
}

TEST(Url, RefusesBrokenEscapesAndTargetsThatAreNoPath) {
    for (const char* const target :
         {"/%", "/%4", "/%zz", "/a%2", "/a%00", "/x?a=%00", "/x?a=%g1", "*", "", "host:80"}) {
        EXPECT_FALSE(parse_target(target).has_value()) << target;
    }
}

TEST(Url, KeepsEmptySegmentsApart) {
    EXPECT_EQ(parse_target("/a//b")->segments, (Segments{"a", "", "b"}));
}

}  // namespace reel::api
