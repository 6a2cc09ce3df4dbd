#include "warehouse/literal/number.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace reel::warehouse::literal {

namespace {

/// Digits between the first and the last that is not zero, exponent aside.
std::size_t count_significant_digits(std::string_view text) {
    std::size_t digits = 0;
    std::size_t zeros = 0;
    for (const char c : text.substr(0, text.find_first_of("eE"))) {
        if (c == '0') {
            if (digits > 0) ++zeros;
        } else if (c >= '1' && c <= '9') {
            digits += zeros + 1;
            zeros = 0;
        }
    }
    return digits;
}

}  // namespace

Value make_integer(std::string text) {
    const std::size_t begin = text.starts_with('-') ? 1 : 0;
    const std::size_t first = text.find_first_not_of('0', begin);
    if (first == std::string::npos) return Value{std::int64_t{0}};
    text.erase(begin, first - begin);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc()) return Value{value};
    return Value{Number{std::move(text)}};
}

Value make_decimal(std::string text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::size_t digits = count_significant_digits(text);
    const bool exact = digits == 0 || (digits <= std::numeric_limits<double>::digits10 &&
                                       std::abs(value) >= std::numeric_limits<double>::min());
    if (error == std::errc() && exact) return Value{value};
    return Value{Number{std::move(text)}};
}

}  // namespace reel::warehouse::literal
