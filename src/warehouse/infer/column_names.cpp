#include "warehouse/infer/column_names.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "warehouse/types/ascii.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t most_bytes = 63;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

/// Without splitting a character of several bytes.
std::string cut_to(std::string name, std::size_t bytes) {
    if (name.size() <= bytes) return name;
    while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & 0xC0U) == 0x80U) --bytes;
    name.resize(bytes);
    return name;
}

}  // namespace

std::string sql_name(std::string_view written, std::string_view fallback) {
    std::string name;
    for (std::size_t i = 0; i < written.size(); ++i) {
        const char c = written[i];
        const bool is_beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
        if (!is_lower(c) && !is_upper(c) && !is_digit(c) && !is_beyond_ascii) {
            if (!name.empty() && name.back() != '_') name += '_';
            continue;
        }
        // A capital begins a word behind a small letter, and before a small one: userId,
        // HTTPStatus.
        const char before = i == 0 ? ' ' : written[i - 1];
        const bool next_is_lower = i + 1 < written.size() && is_lower(written[i + 1]);
        const bool begins =
            is_upper(c) && (is_lower(before) || (is_upper(before) && next_is_lower));
        if (begins && !name.empty() && name.back() != '_') name += '_';
        name += to_lower(c);
    }
    while (name.ends_with('_')) name.pop_back();
    if (name.empty()) return std::string(fallback);
    if (is_digit(name.front())) name.insert(0, 1, '_');
    return cut_to(std::move(name), most_bytes);
}

std::vector<std::string> column_names(const std::vector<std::string>& header) {
    std::vector<std::string> names;
    std::set<std::string> taken;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto wanted = sql_name(header[i], fmt::format("column_{}", i + 1));
        auto name = wanted;
        for (int number = 2; !taken.insert(name).second; ++number) {
            const auto tail = fmt::format("_{}", number);
            name = cut_to(wanted, most_bytes - tail.size()) + tail;
        }
        names.push_back(name);
    }
    return names;
}

}  // namespace reel::warehouse
