#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/targets.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::fuzz {

namespace {

namespace literals = warehouse::literal;

/// Where both readers are meant to differ: a byte order mark, depth, and NUL, which is no text of a
/// database and at which the other one takes the input for ended. Both refuse half a pair of
/// surrogates.
bool is_comparable(std::string_view text) {
    const auto opening = std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; });
    return !text.starts_with("\xEF\xBB\xBF") && opening < literals::max_depth &&
           !text.contains("\\u0000") && !text.contains('\0');
}

/// The digits of the exponent that `text` begins with, zeros in front and a plus aside.
std::size_t exponent_digits(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    return std::min(text.find_first_not_of("0123456789"), text.size());
}

/// 1e999 is a number to us, and too large for the other one's double.
bool has_a_huge_number(std::string_view text) {
    constexpr std::size_t many_digits = 200;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_exponent = digits > 0 && (c == 'e' || c == 'E');
        if (is_exponent && exponent_digits(text.substr(i + 1)) >= 3) return true;
        digits = c >= '0' && c <= '9' ? digits + 1 : c == '.' ? digits : 0;
        if (digits > many_digits) return true;
    }
    return false;
}

}  // namespace

void json(std::string_view input) {
    const auto value = literals::parse_json(input);
    if (!is_comparable(input)) return;
    const auto other = nlohmann::json::parse(input, nullptr, false);
    if (!value) {
        demand(other.is_discarded(), "JSON is refused");
        return;
    }
    if (other.is_discarded()) {
        demand(has_a_huge_number(input), "what is no JSON is accepted");
        return;
    }
    const auto written = nlohmann::json::parse(to_json(*value), nullptr, false);
    demand(written == other, "the value is another one");
}

}  // namespace reel::fuzz
