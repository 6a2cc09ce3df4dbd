#include <gtest/gtest.h>

#include <vector>

#include "cli/transport.hpp"

namespace reel::cli {

TEST(Address, IsReadFromAUrl) {
    struct Case {
        const char* url;
        const char* host;
        const char* port;
        const char* again;
    };
    for (const Case& each : std::vector<Case>{
             {"http://h", "h", "80", "http://h:80"},
             {"http://h:1", "h", "1", "http://h:1"},
             {"http://h:65535///", "h", "65535", "http://h:65535"},
             {"http://127.0.0.1:8080", "127.0.0.1", "8080", "http://127.0.0.1:8080"},
             {"http://[::1]", "::1", "80", "http://[::1]:80"},
             {"http://[2001:db8::7]:8080/", "2001:db8::7", "8080", "http://[2001:db8::7]:8080"},
             {"http://reel.example-1.org:8080",
              "reel.example-1.org",
              "8080",
              "http://reel.example-1.org:8080"}
         }) {
        const auto address = parse_address(each.url);
        ASSERT_TRUE(address.has_value()) << each.url;
        EXPECT_EQ(address->host, each.host) << each.url;
        EXPECT_EQ(address->port, each.port) << each.url;
        EXPECT_EQ(address->url(), each.again) << each.url;
    }
}

TEST(Address, IsRefusedWithAHintWhenNobodyCouldBeThere) {
    for (const char* const url :
         {"",
          "h",
          "h:8080",
          "https://h",
          "HTTP://h",
          "http://",
          "http:///",
          "http://:8080",
          "http://h:",
          "http://h:port",
          "http://h:-1",
          "http://h:0",
          "http://h:65536",
          "http://h:99999999999999999999",
          "http://h:80:80",
          "http://::1",
          "http://[::1",
          "http://[::1]x",
          "http://[]:80",
          "http://me:pw@h",
          "http://h/api/v2",
          "http://h?x",
          "http://h#x",
          "http://h h"}) {
        const auto address = parse_address(url);
        ASSERT_FALSE(address.has_value()) << url;
        EXPECT_EQ(address.error().code, core::Errc::unsupported) << url;
        EXPECT_EQ(address.error().hint, "write it as http://HOST:PORT") << url;
        EXPECT_EQ(address.error().message.find("pw"), std::string::npos) << address.error().message;
    }
}

}  // namespace reel::cli
