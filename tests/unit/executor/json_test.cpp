#include "executor/json.hpp"

#include <gtest/gtest.h>

namespace reel::executor {

TEST(Json, KeepsTheOrderOfKeys) {
    const auto value = parse_json(R"({"zebra": 1, "apple": 2})", "a text");
    ASSERT_TRUE(value);
    EXPECT_EQ(dump(*value), R"({"zebra":1,"apple":2})");
}

TEST(Json, NamesTheDocumentThatIsNone) {
    const auto value = parse_json("{not json", "the report");
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, core::Errc::invalid_argument);
    EXPECT_EQ(value.error().message, "the report is not JSON");
}

TEST(Json, WritesBytesThatAreNoUtf8AsReplacementCharacters) {
    EXPECT_EQ(
        dump(Json("a\xff"
                  "b")),
        "\"a\xef\xbf\xbd"
        "b\""
    );
}

TEST(Json, TakesNulCharactersOutOfKeysAndValuesAtAnyDepth) {
    const std::string with_nul("a\0b", 3);
    const Json value{{with_nul, Json::array({with_nul, 1, Json{{"x", with_nul}}})}};
    const Json clean = without_nul(value);
    EXPECT_EQ(dump(clean).find("\\u0000"), std::string::npos);
    EXPECT_EQ(
        clean.begin().key(),
        "a\xef\xbf\xbd"
        "b"
    );
    EXPECT_EQ(clean.begin().value()[1], 1);
    EXPECT_EQ(
        clean.begin().value()[2]["x"],
        "a\xef\xbf\xbd"
        "b"
    );
}

TEST(Json, GivesTheFallbackForAMemberThatIsNoText) {
    const Json value{{"a", "text"}, {"b", 3}, {"c", nullptr}};
    EXPECT_EQ(text_of(value, "a", "none"), "text");
    EXPECT_EQ(text_of(value, "b", "none"), "none");
    EXPECT_EQ(text_of(value, "c", "none"), "none");
    EXPECT_EQ(text_of(value, "d", "none"), "none");
    EXPECT_EQ(text_of(Json::array(), "a", "none"), "none");
}

}  // namespace reel::executor
