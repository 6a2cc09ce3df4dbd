#include "reel/core/threshold.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "reel/core/ascii.hpp"
#include "reel/core/time.hpp"

namespace reel::core {

namespace {

using Test = Threshold::Test;

// Two characters before their first one alone.
constexpr std::array<std::pair<std::string_view, Test>, 8> operators{{
    {"!=", Test::not_equal},
    {"<>", Test::not_equal},
    {"<=", Test::at_most},
    {">=", Test::at_least},
    {"==", Test::equal},
    {"=", Test::equal},
    {"<", Test::less},
    {">", Test::greater},
}};

/// ISO 8601 writes its letters large.
std::string raised(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

/// Takes a whole word from the front, and the blanks behind it.
bool take_word(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word) || text.size() == word.size() || !is_blank(text[word.size()])) {
        return false;
    }
    text = trim(text.substr(word.size()));
    return true;
}

std::unexpected<Error> no_threshold(std::string_view text) {
    return fail(
        Errc::invalid_argument,
        fmt::format("'{}' is not a condition", text.substr(0, 64)),
        "write it like '> 10', '!= 0', '>= 1%' or 'between 1 and 5'"
    );
}

struct Bound {
    double value = 0;
    ThresholdUnit unit = ThresholdUnit::number;
};

std::optional<Bound> read_bound(std::string_view text) {
    text = trim(text);
    const bool percent = text.ends_with('%');
    const std::string_view digits = percent ? trim(text.substr(0, text.size() - 1)) : text;
    const std::string_view unsigned_digits =
        digits.starts_with('+') ? digits.substr(1) : digits;  // from_chars takes no plus
    double value = 0;
    const char* const begin = unsigned_digits.data();
    const char* const end = begin + unsigned_digits.size();
    const auto parsed = std::from_chars(begin, end, value);
    if (parsed.ec == std::errc{} && parsed.ptr == end && std::isfinite(value)) {
        return Bound{value, percent ? ThresholdUnit::percent : ThresholdUnit::number};
    }
    if (percent) {
        return std::nullopt;
    }
    const auto duration = parse_duration(text.starts_with('p') ? raised(text) : std::string(text));
    if (!duration) {
        return std::nullopt;
    }
    return Bound{std::chrono::duration<double>(*duration).count(), ThresholdUnit::seconds};
}

Result<Threshold> read_between(std::string_view rest, Test test, std::string_view whole) {
    const auto middle = rest.find(" and ");
    if (middle == std::string_view::npos) {
        return no_threshold(whole);
    }
    auto low = read_bound(rest.substr(0, middle));
    const auto high = read_bound(rest.substr(middle + 5));
    if (!low || !high) {
        return no_threshold(whole);
    }
    // "between 1 and 5%" means percent twice; a number beside a duration is in seconds.
    if (low->unit == ThresholdUnit::number) {
        low->unit = high->unit;
    }
    if (low->unit != high->unit || low->value > high->value) {
        return no_threshold(whole);
    }
    return Threshold{test, low->value, high->value, low->unit};
}

std::string bound_text(double bound, ThresholdUnit unit) {
    if (unit == ThresholdUnit::seconds) {
        auto text = format_duration(
            std::chrono::duration_cast<Duration>(std::chrono::duration<double>(bound))
        );
        std::erase(text, ' ');
        return text;
    }
    return number_text(bound) + (unit == ThresholdUnit::percent ? "%" : "");
}

}  // namespace

bool Threshold::holds(double value) const {
    switch (test) {
        case Test::equal:
            return value == bound;
        case Test::not_equal:
            return value != bound;
        case Test::less:
            return value < bound;
        case Test::at_most:
            return value <= bound;
        case Test::greater:
            return value > bound;
        case Test::at_least:
            return value >= bound;
        case Test::between:
            return value >= bound && value <= upper;
        case Test::not_between:
            return value < bound || value > upper;
    }
    return true;
}

Threshold Threshold::negated() const {
    constexpr std::array<std::pair<Test, Test>, 4> opposites{{
        {Test::equal, Test::not_equal},
        {Test::less, Test::at_least},
        {Test::greater, Test::at_most},
        {Test::between, Test::not_between},
    }};
    Threshold other = *this;
    for (const auto& [one, opposite] : opposites) {
        if (test == one) {
            other.test = opposite;
        } else if (test == opposite) {
            other.test = one;
        }
    }
    return other;
}

std::string Threshold::text() const {
    auto low = bound_text(bound, unit);
    if (test == Test::between || test == Test::not_between) {
        return fmt::format(
            "{}between {} and {}", test == Test::between ? "" : "not ", low, bound_text(upper, unit)
        );
    }
    for (const auto& [sign, meaning] : operators) {
        if (meaning == test && sign != "==") {
            return fmt::format("{} {}", sign, low);
        }
    }
    return low;
}

Result<Threshold> parse_threshold(std::string_view text) {
    const std::string words = lowered(trim(text));
    std::string_view rest = words;
    const bool is_not = take_word(rest, "not");
    if (take_word(rest, "between")) {
        return read_between(rest, is_not ? Test::not_between : Test::between, text);
    }
    if (is_not) {
        return no_threshold(text);
    }
    for (const auto& [sign, test] : operators) {
        if (rest.starts_with(sign)) {
            const auto bound = read_bound(rest.substr(sign.size()));
            if (!bound) {
                return no_threshold(text);
            }
            return Threshold{test, bound->value, 0, bound->unit};
        }
    }
    return no_threshold(text);
}

Result<Threshold> parse_bound(std::string_view text) {
    const auto bound = read_bound(text);
    if (!bound) {
        return fail(
            Errc::invalid_argument,
            fmt::format("'{}' is not a bound", text.substr(0, 64)),
            "write it like 10, -2.5, 5% or 12h"
        );
    }
    return Threshold{Test::equal, bound->value, 0, bound->unit};
}

std::string number_text(double number) {
    if (number == std::trunc(number) && std::abs(number) < 1e15) {
        return fmt::format("{:.0f}", number == 0 ? 0.0 : number);
    }
    return fmt::format("{:.10g}", number);
}

}  // namespace reel::core
