#include "dagfile/text_checks.hpp"

#include <gtest/gtest.h>

namespace reel::dagfile {
namespace {

TEST(TextChecks, KnowARejectLimit) {
    for (const char* text : {"1%", "0.5%", "0.5 %", "12", "100%", "{{ params.limit }}"}) {
        EXPECT_FALSE(check_reject_limit(text)) << text;
    }
    for (const char* text : {"", "%", "few", "-1%", "1.5", "1.2.3%", ".%", "1 percent"}) {
        EXPECT_TRUE(check_reject_limit(text)) << text;
    }
}

TEST(TextChecks, KnowAChecksum) {
    EXPECT_FALSE(check_checksum("sha256:" + std::string(64, 'a')));
    EXPECT_FALSE(check_checksum("md5:" + std::string(32, 'F')));
    for (const std::string& text :
         {std::string("sha256:abc"),
          "md5:" + std::string(32, 'g'),
          std::string(64, 'a'),
          std::string()}) {
        EXPECT_TRUE(check_checksum(text)) << text;
    }
}

TEST(TextChecks, KnowAColumnOfATable) {
    EXPECT_FALSE(check_column_reference("movies.movies.movie_id"));
    EXPECT_FALSE(check_column_reference("movies.movie_id"));
    for (const char* text : {"movie_id", ".movie_id", "movies.", ""}) {
        EXPECT_TRUE(check_column_reference(text)) << text;
    }
}

TEST(TextChecks, KnowACronExpression) {
    for (const char* text : {"0 7 * * *", "@daily"}) {
        EXPECT_FALSE(check_cron(text)) << text;
    }
    for (const char* text : {"", "daily", "@fortnightly", "0 7 * *", "@once", "99 * * * *"}) {
        EXPECT_TRUE(check_cron(text)) << text;
    }
}

TEST(TextChecks, KnowNamesTagsAndBlanks) {
    EXPECT_FALSE(check_key("a.b-c_D9"));
    EXPECT_TRUE(check_key("a b"));
    EXPECT_TRUE(check_key(std::string(251, 'a')));
    EXPECT_FALSE(check_tag("my tag"));
    EXPECT_TRUE(check_tag(""));
    EXPECT_TRUE(check_tag(std::string(101, 'a')));
    EXPECT_TRUE(check_not_blank(" \n"));
    EXPECT_FALSE(check_not_blank(" x "));
    EXPECT_FALSE(check_duration_text("3d"));
    EXPECT_TRUE(check_duration_text("old"));
}

}  // namespace
}  // namespace reel::dagfile
