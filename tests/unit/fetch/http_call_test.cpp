// What a single request decides without a server.

#include "reel/fetch/http_call.hpp"

#include <gmock/gmock.h>

#include <random>

#include "fetch/url.hpp"

namespace reel::fetch {

namespace {

using core::Errc;
using testing::HasSubstr;
using testing::Not;

TEST(PercentEncodeCases, EveryByteIsReadAsItWas) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        const std::string encoded = percent_encode(text);
        EXPECT_EQ(percent_decode(encoded), text) << byte;
        EXPECT_TRUE(encoded == text || (encoded.size() == 3 && encoded[0] == '%')) << encoded;
    }
}

TEST(PercentEncodeCases, WhateverTextIsReadAsItWas) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 chance(seed);
        std::string text;
        for (auto length = chance() % 40; length > 0; --length) {
            text += static_cast<char>(chance() % 256);
        }
        const std::string encoded = percent_encode(text);
        EXPECT_EQ(percent_decode(encoded), text) << "seed " << seed;
        EXPECT_EQ(encoded.find_first_of(" &=?#/+:@\"'<>\r\n"), std::string::npos) << encoded;
    }
}

TEST(PercentEncodeCases, WhatIsEncodedIsEncodedAgain) {
    EXPECT_EQ(percent_encode("%20"), "%2520");
    EXPECT_EQ(percent_encode("a+b"), "a%2Bb");
    EXPECT_EQ(percent_encode(""), "");
    EXPECT_EQ(percent_encode(std::string("\0", 1)), "%00");
}

TEST(HttpStatusCases, AreSaidWithTheirReasonWhereItIsKnown) {
    EXPECT_EQ(describe_http_status(200).substr(0, 8), "HTTP 200");
    EXPECT_EQ(describe_http_status(404), "HTTP 404 Not Found");
    EXPECT_EQ(describe_http_status(503), "HTTP 503 Service Unavailable");
    EXPECT_EQ(describe_http_status(0), "HTTP 0");
    EXPECT_EQ(describe_http_status(999), "HTTP 999");
}

TEST(ShownUrlCases, HideWhatIsSecret) {
    for (const auto& [url, shown] : std::vector<std::pair<const char*, const char*>>{
             {"http://h/a", "http://h/a"},
             {"http://u:p%40ss@h/a", "http://***@h/a"},
             {"http://h/a?password=x&b=1", "http://h/a?password=***&b=1"},
             {"http://u:p@h:8080?token=x", "http://***@h:8080?token=***"},
         }) {
        EXPECT_EQ(shown_url(url), shown);
    }
}

TEST(HttpCallCases, WhatIsNoHttpIsRefusedAndNamesNoSecret) {
    for (const char* url :
         {"file:///etc/passwd",
          "ftp://u:word@h/x",
          "gopher://u:word@h/x",
          "dict://u:word@h/x",
          "http://",
          ""}) {
        const auto answer = call_http({.url = url});
        ASSERT_FALSE(answer) << url;
        EXPECT_EQ(answer.error().code, Errc::invalid_argument) << url;
        EXPECT_FALSE(answer.error().message.empty()) << url;
        EXPECT_THAT(answer.error().describe(), Not(HasSubstr("word@"))) << url;
    }
}

TEST(HttpCallCases, HasTheUsualMeasures) {
    const HttpCall call;
    EXPECT_EQ(call.method, "GET");
    EXPECT_EQ(call.timeout, std::chrono::seconds(30));
    EXPECT_EQ(call.max_bytes, 1024U * 1024U);
    EXPECT_EQ(call.abandoned, nullptr);
}

}  // namespace

}  // namespace reel::fetch
