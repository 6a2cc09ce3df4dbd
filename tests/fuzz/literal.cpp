#include "fuzz/targets.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::fuzz {

namespace literals = warehouse::literal;

void literal(std::string_view input) {
    for (const auto read : {literals::parse_python_literal, literals::parse_list_column}) {
        const auto value = read(input);
        if (!value) {
            demand(value.error().message.contains("byte "), "a failure without a place");
            continue;
        }
        const std::string text = to_json(*value);
        const auto again = literals::parse_json(text);
        demand(again.has_value(), "what was written as JSON is none");
        // Keys that only Python tells apart (1 and '1') fall together the first time.
        const auto settled = literals::parse_json(to_json(*again));
        demand(settled.has_value() && *settled == *again, "JSON that is read is written otherwise");
    }
}

}  // namespace reel::fuzz
