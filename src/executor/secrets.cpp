#include "secrets.hpp"

#include <algorithm>

#include "reel/core/secret_name.hpp"

namespace reel::executor {

namespace {

constexpr std::size_t shortest_masked = 4;

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
    if (core::names_a_secret(key)) add(value);
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
