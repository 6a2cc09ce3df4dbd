#include "url.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "reel/core/ascii.hpp"

namespace reel::fetch {

namespace {

constexpr std::string_view mask = "***";

/// A parameter is secret when its name holds one of these.
constexpr std::array<std::string_view, 15> secret_words{
    "token",
    "key",
    "secret",
    "sig",
    "pass",
    "pwd",
    "auth",
    "cred",
    "sas",
    "code",
    "jwt",
    "session",
    "hash",
    "ticket",
    "policy"
};

/// The parts of scheme://authority/path?query; the fragment is dropped.
struct Parts {
    std::string_view scheme;
    std::string_view user;
    std::string_view host;
    std::string_view path;
    std::string_view query;
    bool has_user = false;
    bool has_query = false;
};

std::optional<Parts> split(std::string_view url) {
    const std::size_t separator = url.find("://");
    if (separator == std::string_view::npos) return std::nullopt;
    Parts parts{.scheme = url.substr(0, separator)};
    url = url.substr(separator + 3);
    url = url.substr(0, url.find('#'));
    if (const std::size_t question = url.find('?'); question != std::string_view::npos) {
        parts.has_query = true;
        parts.query = url.substr(question + 1);
        url = url.substr(0, question);
    }
    const std::size_t slash = std::min(url.find('/'), url.size());
    std::string_view authority = url.substr(0, slash);
    parts.path = url.substr(slash);
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        parts.has_user = true;
        parts.user = authority.substr(0, at);
        authority = authority.substr(at + 1);
    }
    parts.host = authority;
    return parts;
}

bool is_secret(std::string_view name) {
    const std::string known = core::lowered(name);
    return std::ranges::any_of(secret_words, [&known](std::string_view word) {
        return known.contains(word);
    });
}

std::string mask_query(std::string_view query) {
    std::string masked;
    while (true) {
        const std::size_t end = query.find('&');
        const std::string_view parameter = query.substr(0, end);
        const std::size_t equals = parameter.find('=');
        if (equals != std::string_view::npos && is_secret(parameter.substr(0, equals))) {
            masked.append(parameter.substr(0, equals + 1)).append(mask);
        } else {
            masked.append(parameter);
        }
        if (end == std::string_view::npos) return masked;
        masked.push_back('&');
        query.remove_prefix(end + 1);
    }
}

}  // namespace

std::string scheme_of(std::string_view text) {
    const std::size_t separator = text.find("://");
    if (separator == std::string_view::npos || separator < 2) return "";
    const std::string scheme = core::lowered(text.substr(0, separator));
    const bool plain = std::ranges::all_of(scheme, [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '+' || letter == '-' || letter == '.';
    });
    return plain ? scheme : "";
}

std::string mask_url(std::string_view url) {
    const auto parts = split(url);
    if (!parts) return std::string(url.substr(0, url.find_first_of("?#")));
    std::string masked = std::string(parts->scheme) + "://";
    if (parts->has_user) masked.append(mask).push_back('@');
    masked.append(parts->host).append(parts->path);
    if (parts->has_query) masked.append("?").append(mask_query(parts->query));
    return masked;
}

std::string authority_of(std::string_view url) {
    const auto parts = split(url);
    if (!parts) return "";
    std::string host = core::lowered(parts->host);
    const bool has_port = host.rfind(':') != std::string::npos && !host.ends_with(']');
    if (!has_port) host += core::lowered(parts->scheme) == "https" ? ":443" : ":80";
    return host;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = core::hex_value(text[i + 1]);
        const int low = core::hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return decoded;
}

std::string last_segment(std::string_view url) {
    const auto parts = split(url);
    if (!parts) return "";
    const std::size_t slash = parts->path.rfind('/');
    if (slash == std::string_view::npos) return "";
    const std::string_view segment = parts->path.substr(slash + 1);
    return percent_decode(segment).value_or(std::string(segment));
}

std::optional<std::string> path_of_file_url(std::string_view url) {
    const auto parts = split(url);
    if (!parts || (!parts->host.empty() && core::lowered(parts->host) != "localhost"))
        return std::nullopt;
    // '?' means nothing in a file URL's path unless it is escaped, so nobody writes it.
    auto path = percent_decode(parts->path);
    if (!path || path->empty() || path->contains('\0')) return std::nullopt;
    return path;
}

}  // namespace reel::fetch
