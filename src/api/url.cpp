#include "url.hpp"

#include <algorithm>

#include "reel/core/ascii.hpp"

namespace reel::api {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::string> form_decode(std::string_view text) {
    std::string blanks(text);
    std::ranges::replace(blanks, '+', ' ');
    return percent_decode(blanks);
}

/// "http://host/path" → "/path"; proxies send the whole URL.
std::string_view without_origin(std::string_view target) {
    if (!target.starts_with("http://") && !target.starts_with("https://")) return target;
    const std::size_t host = target.find("//") + 2;
    const std::size_t path = target.find('/', host);
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = core::hex_value(text[i + 1]);
        const int low = core::hex_value(text[i + 2]);
        if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

std::optional<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (const std::string_view part : split(text, '&')) {
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        auto name = form_decode(part.substr(0, equals));
        auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                      : form_decode(part.substr(equals + 1));
        if (!name || !value) return std::nullopt;
        fields.emplace_back(std::move(*name), std::move(*value));
    }
    return fields;
}

std::optional<Url> parse_target(std::string_view target) {
    target = without_origin(target);
    if (!target.starts_with('/')) return std::nullopt;
    const std::size_t mark = target.find('?');
    Url url;
    if (mark != std::string_view::npos) {
        auto query = parse_form(target.substr(mark + 1));
        if (!query) return std::nullopt;
        url.query = std::move(*query);
    }
    std::string_view path = target.substr(1, mark == std::string_view::npos ? mark : mark - 1);
    if (path.ends_with('/')) path.remove_suffix(1);
    if (path.empty()) return url;
    for (const std::string_view segment : split(path, '/')) {
        auto decoded = percent_decode(segment);
        if (!decoded) return std::nullopt;
        url.segments.push_back(std::move(*decoded));
    }
    return url;
}

}  // namespace reel::api
