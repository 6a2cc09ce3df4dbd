#include "reel/core/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "reel/core/ascii.hpp"

namespace reel::core {

namespace {

constexpr bool begins(char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_' || c == '/';
}

constexpr bool goes_on(char c) {
    return begins(c) || is_digit(c) || c == '-' || c == '.' || c == '+';
}

/// What YAML 1.1 or 1.2 takes for a boolean, nothing or a number.
constexpr std::array<std::string_view, 10> taken = {
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"
};

}  // namespace

bool is_plain_yaml(std::string_view text) {
    if (text.empty() || !begins(text.front()) || !std::ranges::all_of(text, goes_on)) return false;
    return std::ranges::none_of(taken, [text](std::string_view word) {
        return equals_ignoring_case(text, word);
    });
}

}  // namespace reel::core
