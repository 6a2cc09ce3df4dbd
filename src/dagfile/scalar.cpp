#include "scalar.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace reel::dagfile {
namespace {

constexpr std::string_view decimal_digits = "0123456789";

bool is_one_of(std::string_view text, const auto& words) {
    return std::ranges::find(words, text) != words.end();
}

bool consists_of(std::string_view text, std::string_view letters) {
    return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

std::string_view without_sign(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    return text;
}

bool has_padding(std::string_view digits) {
    return digits.size() > 1 && digits.starts_with('0') && decimal_digits.contains(digits[1]);
}

bool looks_like_integer(std::string_view text) {
    if (text.starts_with("0x")) {
        return consists_of(text.substr(2), "0123456789abcdefABCDEF");
    }
    if (text.starts_with("0o")) {
        return consists_of(text.substr(2), "01234567");
    }
    const std::string_view digits = without_sign(text);
    return consists_of(digits, decimal_digits) && !has_padding(digits);
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_like_number(std::string_view text) {
    std::string_view rest = without_sign(text);
    if (has_padding(rest)) {
        return false;
    }
    const std::size_t exponent = rest.find_first_of("eE");
    if (exponent != std::string_view::npos) {
        if (!consists_of(without_sign(rest.substr(exponent + 1)), decimal_digits)) {
            return false;
        }
        rest = rest.substr(0, exponent);
    }
    const std::size_t point = rest.find('.');
    if (point == std::string_view::npos) {
        return exponent != std::string_view::npos && consists_of(rest, decimal_digits);
    }
    const std::string_view whole = rest.substr(0, point);
    const std::string_view fraction = rest.substr(point + 1);
    const bool whole_fits = whole.empty() || consists_of(whole, decimal_digits);
    const bool fraction_fits = fraction.empty() || consists_of(fraction, decimal_digits);
    return whole_fits && fraction_fits && !(whole.empty() && fraction.empty());
}

}  // namespace

NodeKind resolve_plain_scalar(std::string_view text) {
    static constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null", "NULL"};
    static constexpr std::array<std::string_view, 6> booleans{
        "true", "True", "TRUE", "false", "False", "FALSE"
    };
    if (is_one_of(text, nulls)) {
        return NodeKind::null;
    }
    if (is_one_of(text, booleans)) {
        return NodeKind::boolean;
    }
    Node candidate{.kind = NodeKind::integer, .text = std::string(text)};
    if (looks_like_integer(text)) {
        return candidate.as_integer() ? NodeKind::integer : NodeKind::text;
    }
    candidate.kind = NodeKind::number;
    return looks_like_number(text) && candidate.as_number() ? NodeKind::number : NodeKind::text;
}

}  // namespace reel::dagfile
