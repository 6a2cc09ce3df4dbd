#include "uri_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace reel::store {

namespace {

bool is_scheme(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ||
               c == '+' || c == '.';
    });
}

/// Cuts `text` at the first (or last) `mark`; the part before it is taken away and given.
std::optional<std::string_view> take_before(std::string_view& text, std::size_t at) {
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(at + 1);
    return before;
}

bool decode_into(std::string& target, std::string_view text) {
    auto decoded = percent_decode(text);
    if (!decoded) return false;
    target = std::move(*decoded);
    return true;
}

bool parse_query(std::string_view text, UriParts& parts) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        std::string item(pair);
        std::ranges::replace(item, '+', ' ');
        std::string_view value = item;
        const auto name = take_before(value, value.find('='));
        const auto key = percent_decode(name.value_or(item));
        const auto decoded = percent_decode(name ? value : std::string_view());
        if (!key || !decoded) return false;
        parts.query.emplace_back(*key, *decoded);
    }
    return true;
}

bool parse_port(std::string_view text, UriParts& parts) {
    if (text.empty()) return true;
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) return false;
    parts.port = port;
    return port >= 0 && port <= 65535;
}

bool parse_host_and_port(std::string_view text, UriParts& parts) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return false;
        parts.host = text.substr(1, close - 1);
        text.remove_prefix(close + 1);
        return text.empty() || (text.front() == ':' && parse_port(text.substr(1), parts));
    }
    std::string_view port = text;
    const auto host = take_before(port, port.rfind(':'));
    return decode_into(parts.host, host.value_or(text)) && (!host || parse_port(port, parts));
}

bool parse_authority(std::string_view text, UriParts& parts) {
    if (auto user = take_before(text, text.rfind('@'))) {
        std::string_view password = *user;
        const auto login = take_before(password, password.find(':'));
        if (!decode_into(parts.login, login.value_or(*user))) return false;
        if (login && !decode_into(parts.password, password)) return false;
    }
    return parse_host_and_port(text, parts);
}

}  // namespace

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", byte);
        }
    }
    return encoded;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const std::string_view digits = text.substr(i + 1, 2);
        unsigned value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return {};
        if (value == 0) return std::nullopt;
        decoded += static_cast<char>(value);
        i += 2;
    }
    return decoded;
}

std::optional<UriParts> parse_uri(std::string_view text) {
    UriParts parts;
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return std::nullopt;
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 3);

    const std::size_t question = std::min(text.find('?'), text.size());
    std::string_view query = text.substr(question);
    text = text.substr(0, question);
    if (!query.empty()) query.remove_prefix(1);

    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view path = text.substr(std::min(slash + 1, text.size()));
    if (!parse_authority(text.substr(0, slash), parts)) return std::nullopt;
    if (!decode_into(parts.path, path) || !parse_query(query, parts)) return std::nullopt;
    return parts;
}

}  // namespace reel::store
