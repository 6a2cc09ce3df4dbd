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

}  // namespace

void json(std::string_view input) {
    const auto value = literals::parse_json(input);
    if (!is_comparable(input)) return;
    const auto other = nlohmann::json::parse(input, nullptr, false);
    if (!value) {
        demand(other.is_discarded(), "JSON is refused");
        return;
    }
    const auto written = nlohmann::json::parse(to_json(*value), nullptr, false);
    // 1e999 is a number to us, and too large for a double.
    if (other.is_discarded()) {
        demand(written.is_discarded(), "what is no JSON is accepted");
        return;
    }
    demand(written == other, "the value is another one");
}

}  // namespace reel::fuzz
