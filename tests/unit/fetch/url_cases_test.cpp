#include <gtest/gtest.h>

#include "fetch/url.hpp"

namespace reel::fetch {

namespace {

struct UrlCase {
    const char* given;
    const char* expected;
};

TEST(SchemeCases, AreReadFromTheFront) {
    const UrlCase cases[] = {
        {"http://h", "http"},
        {"HtTpS://h", "https"},
        {"ftp://h/a", "ftp"},
        {"file:///a", "file"},
        {"git+ssh://h", "git+ssh"},
        {"a-b.c://h", "a-b.c"},
        {"s3://b", "s3"},
        {"C://x", ""},
        {"http:/h", ""},
        {"http//h", ""},
        {"//h/a", ""},
        {"/a://b", ""},
        {"a b://c", ""},
        {"ht\xc3\xa4p://h", ""},
        {"://", ""},
        {"a", ""},
    };
    for (const auto& each : cases) EXPECT_EQ(scheme_of(each.given), each.expected) << each.given;
}

TEST(MaskUrlCases, ShowEverythingButSecrets) {
    const UrlCase cases[] = {
        {"https://h", "https://h"},
        {"https://h/", "https://h/"},
        {"https://h:8443/a/b.csv", "https://h:8443/a/b.csv"},
        {"https://u@h/a", "https://***@h/a"},
        {"https://u:p@h/a", "https://***@h/a"},
        {"https://:p@h/a", "https://***@h/a"},
        {"https://@h/a", "https://***@h/a"},
        {"https://u:p@h", "https://***@h"},
        {"https://u:p@h?x=1", "https://***@h?x=1"},
        {"https://u:a@b@h/c@d", "https://***@h/c@d"},
        {"https://h/a?", "https://h/a?"},
        {"https://h/a?b", "https://h/a?b"},
        {"https://h/a?b=", "https://h/a?b="},
        {"https://h/a?token", "https://h/a?token"},
        {"https://h/a?token=", "https://h/a?token=***"},
        {"https://h/a?token=x", "https://h/a?token=***"},
        {"https://h/a?TOKEN=x", "https://h/a?TOKEN=***"},
        {"https://h/a?token=x=y", "https://h/a?token=***"},
        {"https://h/a?b=1&token=x&c=2", "https://h/a?b=1&token=***&c=2"},
        {"https://h/a?token=x&token=y", "https://h/a?token=***&token=***"},
        {"https://h/a?&&", "https://h/a?&&"},
        {"https://h/a?value=token", "https://h/a?value=token"},
        {"https://h/token/secret", "https://h/token/secret"},
        {"https://h/a#token=x", "https://h/a"},
        {"https://h/a?b=1#token=x", "https://h/a?b=1"},
        {"https://h#x", "https://h"},
        {"/data/a.csv", "/data/a.csv"},
        {"/data/a.csv?token=x", "/data/a.csv"},
        {"a#b", "a"},
        {"", ""},
    };
    for (const auto& each : cases) EXPECT_EQ(mask_url(each.given), each.expected) << each.given;
}

TEST(MaskUrlCases, MaskingWhatIsMaskedChangesNothing) {
    for (const std::string url :
         {"https://u:p@h/a?token=x&b=1#c", "https://h/a?sig=1&jwt=2", "http://@h?pass", "x?y"}) {
        EXPECT_EQ(mask_url(mask_url(url)), mask_url(url)) << url;
    }
}

TEST(MaskUrlCases, NoSecretOfAnyCommonStoreIsShown) {
    for (const char* const parameter :
         {"X-Amz-Security-Token",
          "X-Amz-Signature",
          "X-Amz-Credential",
          "AWSAccessKeyId",
          "Signature",
          "sv_sas",
          "sig",
          "X-Goog-Credential",
          "X-Goog-Signature",
          "GoogleAccessId_key",
          "access_token",
          "refresh_token",
          "id_token",
          "apikey",
          "api_key",
          "api-key",
          "appKey",
          "client_secret",
          "password",
          "passwd",
          "passphrase",
          "pwd",
          "authorization",
          "oauth",
          "credentials",
          "code",
          "jwt",
          "sessionid",
          "hash",
          "ticket",
          "Policy",
          "Key-Pair-Id"}) {
        const std::string url = std::string("https://h/a?x=1&") + parameter + "=swordfish&y=2";
        EXPECT_FALSE(mask_url(url).contains("swordfish")) << parameter;
        EXPECT_TRUE(mask_url(url).ends_with("&y=2")) << parameter;
    }
}

TEST(AuthorityCases, FillInThePortOfTheScheme) {
    const UrlCase cases[] = {
        {"http://h", "h:80"},
        {"http://h:80", "h:80"},
        {"http://h:8080/a", "h:8080"},
        {"https://h", "h:443"},
        {"HTTPS://H:443", "h:443"},
        {"https://u:p@h/a", "h:443"},
        {"https://u@h:1", "h:1"},
        {"https://h?x=:1", "h:443"},
        {"https://h#:1", "h:443"},
        {"http://127.0.0.1", "127.0.0.1:80"},
        {"http://[::1]", "[::1]:80"},
        {"http://[::1]:8080", "[::1]:8080"},
        {"https://[FE80::1]/a", "[fe80::1]:443"},
        {"/a/b", ""},
        {"", ""},
    };
    for (const auto& each : cases) EXPECT_EQ(authority_of(each.given), each.expected) << each.given;
}

TEST(PercentCases, AreUndoneForEveryByte) {
    for (int value = 0; value < 256; ++value) {
        constexpr const char* lower = "0123456789abcdef";
        constexpr const char* upper = "0123456789ABCDEF";
        for (const char* const digits : {lower, upper}) {
            const std::string escape{'%', digits[value / 16], digits[value % 16]};
            const std::string byte(1, static_cast<char>(value));
            EXPECT_EQ(percent_decode("a" + escape + "b"), "a" + byte + "b");
        }
    }
}

TEST(PercentCases, ABrokenEscapeIsNoText) {
    for (const char* const text :
         {"%", "a%", "%1", "a%1", "%g0", "%0g", "%%", "%%41", "%-1", "% 1", "%41%"}) {
        EXPECT_FALSE(percent_decode(text)) << text;
    }
}

TEST(PercentCases, AnUndoneTextIsNotUndoneAgain) {
    EXPECT_EQ(percent_decode("%2541"), "%41");
    EXPECT_EQ(percent_decode(""), "");
}

TEST(SegmentCases, AreTheLastOfThePath) {
    const UrlCase cases[] = {
        {"https://h/a", "a"},
        {"https://h/a/b", "b"},
        {"https://h/a/", ""},
        {"https://h/", ""},
        {"https://h", ""},
        {"https://h?a/b", ""},
        {"https://h/a?b/c", "a"},
        {"https://h/a#b/c", "a"},
        {"https://h//a", "a"},
        {"https://h/a%2Fb", "a/b"},
        {"https://h/%41", "A"},
        {"https://h/50%", "50%"},
        {"https://u:p@h/a", "a"},
        {"file:///a/b.csv", "b.csv"},
        {"a/b", ""},
    };
    for (const auto& each : cases) EXPECT_EQ(last_segment(each.given), each.expected) << each.given;
}

TEST(FileUrlCases, GiveThePathOfThisMachine) {
    const UrlCase cases[] = {
        {"file:///a", "/a"},
        {"file:///", "/"},
        {"file://localhost/a", "/a"},
        {"file://LOCALHOST/a", "/a"},
        {"file:///a%20b/c", "/a b/c"},
        {"file:///a%3Fb", "/a?b"},
        {"file:///a%23b", "/a#b"},
        {"file:///%2e%2e/b", "/../b"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(path_of_file_url(each.given), each.expected) << each.given;
    }
}

TEST(FileUrlCases, RefuseOtherMachinesAndBrokenNames) {
    for (const char* const url :
         {"file://",
          "file://h/a",
          "file://localhost",
          "file://127.0.0.1/a",
          "file:/a",
          "file:///%",
          "file:///%00",
          "file:///a%0",
          "/a",
          ""}) {
        EXPECT_FALSE(path_of_file_url(url)) << url;
    }
}

}  // namespace

}  // namespace reel::fetch
