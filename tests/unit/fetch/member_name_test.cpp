#include "fetch/member_name.hpp"

#include <gmock/gmock.h>

namespace reel::fetch {

namespace {

using testing::HasSubstr;

std::string accepted(std::string_view name) {
    const auto path = parse_member_name(name);
    EXPECT_TRUE(path) << path.error().describe();
    return path ? path->native() : "";
}

std::string refused(std::string_view name) {
    const auto path = parse_member_name(name);
    EXPECT_FALSE(path) << name;
    return path ? "" : path.error().message;
}

TEST(ParseMemberName, KeepsRelativeNames) {
    EXPECT_EQ(accepted("movies.csv"), "movies.csv");
    EXPECT_EQ(accepted("a/b/c.csv"), "a/b/c.csv");
    EXPECT_EQ(accepted("..hidden/..."), "..hidden/...");
    EXPECT_EQ(accepted("1:2.csv"), "1:2.csv");
}

TEST(ParseMemberName, NormalizesDotsAndSlashes) {
    EXPECT_EQ(accepted("./a//b/./c/"), "a/b/c");
    EXPECT_EQ(accepted("./"), ".");
}

TEST(ParseMemberName, RefusesWhatLeavesTheFolder) {
    EXPECT_THAT(refused("../x"), HasSubstr("'..'"));
    EXPECT_THAT(refused("a/../b"), HasSubstr("'..'"));
    EXPECT_THAT(refused("a/.."), HasSubstr("'..'"));
    EXPECT_THAT(refused("/etc/passwd"), HasSubstr("absolute"));
    EXPECT_THAT(refused("C:\\x"), HasSubstr("backslash"));
    EXPECT_THAT(refused("a\\..\\b"), HasSubstr("backslash"));
    EXPECT_THAT(refused("c:x"), HasSubstr("drive letter"));
    EXPECT_THAT(refused(""), HasSubstr("empty"));
}

TEST(ParseMemberName, RefusesControlCharactersAndShowsThemEscaped) {
    EXPECT_THAT(refused("a\nb"), HasSubstr("'a%0Ab'"));
    EXPECT_THAT(refused("\x1b[31m"), HasSubstr("%1B[31m"));
    EXPECT_THAT(refused("a\x7f"), HasSubstr("control character"));
}

TEST(ParseMemberName, RefusesNamesThatNoFileSystemTakes) {
    EXPECT_THAT(refused(std::string(256, 'a')), HasSubstr("too long"));
    EXPECT_EQ(accepted(std::string(255, 'a')).size(), 255U);
    std::string deep;
    for (int i = 0; i < 1500; ++i) deep += "a/";
    EXPECT_THAT(refused(deep), HasSubstr("too long"));
    EXPECT_THAT(refused(std::string(100, '\xff')), HasSubstr("too long"));
}

TEST(ParseMemberName, EscapesBytesThatAreNotUtf8) {
    EXPECT_EQ(accepted("caf\x82.csv"), "caf%82.csv");
    EXPECT_EQ(accepted("\xc3"), "%C3");
    EXPECT_EQ(accepted("\xc0\xaf"), "%C0%AF");         // an overlong '/'
    EXPECT_EQ(accepted("\xe0\x80\xaf"), "%E0%80%AF");  // another
    EXPECT_EQ(accepted("\xed\xa0\x80"), "%ED%A0%80");  // a surrogate
    EXPECT_EQ(accepted("\xf5\x80\x80\x80"), "%F5%80%80%80");
    EXPECT_EQ(accepted("\xf4\x90\x80\x80"), "%F4%90%80%80");
    EXPECT_EQ(
        accepted("caf\xc3\xa9 \xe6\x98\xa0 \xf0\x9f\x8e\xac"),
        "caf\xc3\xa9 \xe6\x98\xa0 \xf0\x9f\x8e\xac"
    );
}

TEST(ParseLinkTarget, StaysInside) {
    EXPECT_EQ(parse_link_target("a/link", "b").value(), "a/b");
    EXPECT_EQ(parse_link_target("a/b/link", "../c/./d").value(), "a/c/d");
    EXPECT_EQ(parse_link_target("link", "a/b").value(), "a/b");
    EXPECT_EQ(parse_link_target("a/link", "..").value(), ".");
}

TEST(ParseLinkTarget, RefusesToLeave) {
    for (const char* const target : {"../../x", "/x", "..\\..\\x", "c:x", "", "b/../../../x"}) {
        EXPECT_FALSE(parse_link_target("a/link", target)) << target;
    }
    EXPECT_FALSE(parse_link_target("link", "../x"));
}

TEST(Printable, CutsWhatIsVeryLong) {
    EXPECT_LT(printable(std::string(5000, 'a')).size(), 310U);
}

}  // namespace

}  // namespace reel::fetch
