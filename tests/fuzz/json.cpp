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

/// 1e999 is a number to us, and too large for the other one's double.
bool may_hold_a_huge_number(std::string_view text) {
    constexpr std::size_t digits_of_the_largest_double = 309;
    return text.find_first_of("eE") != std::string_view::npos ||
           text.size() > digits_of_the_largest_double;
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
        demand(may_hold_a_huge_number(input), "what is no JSON is accepted");
        return;
    }
    const auto written = nlohmann::json::parse(to_json(*value), nullptr, false);
    demand(written == other, "the value is another one");
}

}  // namespace reel::fuzz
