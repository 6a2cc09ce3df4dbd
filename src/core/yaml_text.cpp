#include "reel/core/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace reel::core {

namespace {

constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool begins(char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_' || c == '/';
}

constexpr bool goes_on(char c) {
    return begins(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '+';
}

/// What YAML 1.1 or 1.2 takes for a boolean, nothing or a number.
constexpr std::array<std::string_view, 10> taken = {
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"
};

}  // namespace

bool is_plain_yaml(std::string_view text) {
    if (text.empty() || !begins(text.front()) || !std::ranges::all_of(text, goes_on)) return false;
    return std::ranges::none_of(taken, [text](std::string_view word) {
        return std::ranges::equal(text, word, {}, to_lower);
    });
}

}  // namespace reel::core
