#include "secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace reel::executor {

namespace {

constexpr std::size_t shortest_masked = 4;
constexpr std::array<std::string_view, 11> telling_words{
    "access_token",
    "api_key",
    "apikey",
    "authorization",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "secret",
    "token",
    "credential",
};

}  // namespace

void SecretMask::add(const std::string& secret) {
    if (secret.size() < shortest_masked || std::ranges::find(secrets_, secret) != secrets_.end()) {
        return;
    }
    const auto shorter = std::ranges::find_if(secrets_, [&](const std::string& known) {
        return known.size() < secret.size();
    });
    secrets_.insert(shorter, secret);
}

void SecretMask::add_variable(std::string_view key, const std::string& value) {
    std::string lower(key);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    const bool is_secret = std::ranges::any_of(telling_words, [&](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
    if (is_secret) {
        add(value);
    }
}

std::string SecretMask::apply(std::string text) const {
    for (const std::string& secret : secrets_) {
        for (std::size_t at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + 3)) {
            text.replace(at, secret.size(), "***");
        }
    }
    return text;
}

std::string password_of_uri(std::string_view uri) {
    const std::size_t scheme = uri.find("://");
    if (scheme == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = uri.substr(scheme + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    const std::size_t at = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) {
        return {};
    }
    return std::string(authority.substr(colon + 1, at - colon - 1));
}

}  // namespace reel::executor
