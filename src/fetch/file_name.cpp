#include "file_name.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "reel/core/ascii.hpp"
#include "url.hpp"

namespace reel::fetch {

namespace {

constexpr std::size_t max_name = 200;
constexpr std::string_view blanks = " \t";
constexpr std::array<std::string_view, 4> junk_names{
    ".DS_Store", "Thumbs.db", "desktop.ini", ".AppleDouble"
};

std::string_view trim(std::string_view text, std::string_view away) {
    const std::size_t begin = text.find_first_not_of(away);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(away) - begin + 1);
}

/// Reads a value up to the next ';', a quoted one with its backslashes undone; moves `rest` on.
std::string take_value(std::string_view& rest) {
    rest = rest.substr(std::min(rest.find_first_not_of(blanks), rest.size()));
    std::string value;
    if (!rest.starts_with('"')) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        value = trim(rest.substr(0, end), blanks);
        rest.remove_prefix(end);
        return value;
    }
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
        value.push_back(rest[i]);
    }
    rest.remove_prefix(std::min(i + 1, rest.size()));
    return value;
}

/// UTF-8''na%20me of RFC 5987; other charsets are given up.
std::optional<std::string> decode_extended(std::string_view value) {
    const std::size_t first = value.find('\'');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second = value.find('\'', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    if (!core::equals_ignoring_case(value.substr(0, first), "utf-8")) return std::nullopt;
    return percent_decode(value.substr(second + 1));
}

/// At most `size` bytes from the front of a longer text, no UTF-8 character in halves, nothing
/// blank at the cut.
std::string_view cut_between_characters(std::string_view text, std::size_t size) {
    const auto continues = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
    };
    std::size_t end = size;
    while (end + 3 > size && continues(end)) --end;
    // What goes on for longer is no UTF-8 at all.
    return trim(text.substr(0, continues(end) ? size : end), " .");
}

}  // namespace

std::string sanitize_name(std::string_view name) {
    const std::size_t slash = name.find_last_of("/\\");
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    std::string clean;
    std::ranges::copy_if(name, std::back_inserter(clean), [](unsigned char letter) {
        return letter >= 0x20 && letter != 0x7f;
    });
    clean = std::string(trim(clean, " ."));
    if (clean.size() > max_name) {
        const std::size_t dot = clean.rfind('.');
        const bool short_extension = dot != std::string::npos && clean.size() - dot <= 16;
        const std::string extension = short_extension ? clean.substr(dot) : "";
        clean = std::string(cut_between_characters(clean, max_name - extension.size())) + extension;
    }
    return clean;
}

std::string name_from_disposition(std::string_view header) {
    std::string plain;
    std::size_t next = header.find(';');
    while (next != std::string_view::npos) {
        header.remove_prefix(next + 1);
        const std::size_t equals = header.find('=');
        if (equals == std::string_view::npos) break;
        const std::string_view name = trim(header.substr(0, equals), blanks);
        header.remove_prefix(equals + 1);
        const std::string value = take_value(header);
        if (core::equals_ignoring_case(name, "filename*")) {
            if (auto decoded = decode_extended(value)) return *decoded;
        } else if (core::equals_ignoring_case(name, "filename") && plain.empty()) {
            plain = value;
        }
        next = header.find(';');
    }
    return plain;
}

std::string choose_name(
    std::string_view disposition, std::string_view url, std::string_view final_url
) {
    if (auto named = sanitize_name(name_from_disposition(disposition)); !named.empty()) {
        return named;
    }
    std::string asked = sanitize_name(last_segment(url));
    const std::string given = sanitize_name(last_segment(final_url));
    if (asked.contains('.') || (!asked.empty() && !given.contains('.'))) return asked;
    return given.empty() ? "download" : given;
}

bool is_junk(std::string_view path) {
    if (path == "__MACOSX" || path.starts_with("__MACOSX/") || path.contains("/__MACOSX/")) {
        return true;
    }
    const std::size_t slash = path.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    return std::ranges::find(junk_names, name) != junk_names.end();
}

}  // namespace reel::fetch
