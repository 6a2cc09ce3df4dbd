#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/targets.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::fuzz {

namespace {

namespace literals = warehouse::literal;

/// Where both readers are meant to differ: a byte order mark, and depth. A NUL is refused as no
/// text of the database, and so is half a pair of surrogates, which the other refuses as well.
bool is_comparable(std::string_view text) {
    const auto opening = std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; });
    return !text.starts_with("\xEF\xBB\xBF") && opening < literals::max_depth &&
           !text.contains("\\u0000");
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
