#include "reel/core/secret_name.hpp"

#include <gtest/gtest.h>

namespace reel::core {
namespace {

TEST(SecretName, IsKnownByAWordInIt) {
    for (const auto* const name :
         {"password",
          "DB_PASSWORD",
          "aws_secret_access_key",
          "access_key",
          "keyfile_dict",
          "ApiKey",
          "x-api_key",
          "sslkey",
          "access_token",
          "Authorization",
          "credentials",
          "passphrase"}) {
        EXPECT_TRUE(names_a_secret(name)) << name;
    }
}

TEST(SecretName, OthersAreShown) {
    for (const auto* const name : {"", "host", "pass", "key", "login", "schema", "sslmode"}) {
        EXPECT_FALSE(names_a_secret(name)) << name;
    }
}

}  // namespace
}  // namespace reel::core
