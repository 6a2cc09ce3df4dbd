#include "store/uri_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::store {

namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(PercentDecode, TakesBothCasesOfHex) {
    EXPECT_EQ(percent_decode("a%2fb%2Fc"), "a/b/c");
    EXPECT_EQ(percent_decode(""), "");
    EXPECT_EQ(percent_decode("%C3%BC"), "ü");
}

TEST(PercentDecode, RefusesWhatIsNoEncoding) {
    for (const char* text : {"%", "%2", "%zz", "a%-1", "%00", "%+1"}) {
        EXPECT_EQ(percent_decode(text), std::nullopt) << text;
    }
}

TEST(PercentEncode, IsUndoneByDecoding) {
    std::string all;
    for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

TEST(ParseUri, FindsEveryPart) {
    const auto parts = parse_uri("a-b://us%40er:p:w@h.x:80/p/q?k=v&e=&f");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->scheme, "a-b");
    EXPECT_EQ(parts->login, "us@er");
    EXPECT_EQ(parts->password, "p:w");
    EXPECT_EQ(parts->host, "h.x");
    EXPECT_EQ(parts->port, 80);
    EXPECT_EQ(parts->path, "p/q");
    EXPECT_THAT(parts->query, ElementsAre(Pair("k", "v"), Pair("e", ""), Pair("f", "")));
}

TEST(ParseUri, TakesAnAtSignInThePassword) {
    const auto parts = parse_uri("x://u:p@ss@h/d");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->password, "p@ss");
    EXPECT_EQ(parts->host, "h");
}

TEST(ParseUri, TakesAnIpv6Address) {
    const auto parts = parse_uri("x://[::1]:5432/d");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->host, "::1");
    EXPECT_EQ(parts->port, 5432);
    EXPECT_EQ(parse_uri("x://[::1]/d")->port, std::nullopt);
    EXPECT_FALSE(parse_uri("x://[::1]junk/d"));
}

TEST(ParseUri, RefusesOtherText) {
    for (const char* text :
         {"",
          "x",
          "x:",
          "x:/y",
          "://y",
          "a b://y",
          "x://h:port/",
          "x://h:70000/",
          "x://h/%zz",
          "x://h?a=%zz",
          "x://%zz@h"}) {
        EXPECT_FALSE(parse_uri(text)) << text;
    }
}

}  // namespace

}  // namespace reel::store
