#include "reel/core/secret_name.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "reel/core/ascii.hpp"

namespace reel::core {

bool names_a_secret(std::string_view name) {
    constexpr std::array<std::string_view, 14> words{
        "access_key",
        "api_key",
        "apikey",
        "authorization",
        "credential",
        "keyfile_dict",
        "passphrase",
        "passwd",
        "password",
        "private_key",
        "secret",
        "sslkey",
        "sslpassword",
        "token",
    };
    const std::string lower = lowered(name);
    return std::ranges::any_of(words, [&lower](std::string_view word) {
        return lower.contains(word);
    });
}

}  // namespace reel::core
