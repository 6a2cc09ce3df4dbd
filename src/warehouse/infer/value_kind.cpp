#include "warehouse/infer/value_kind.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "warehouse/literal/parse.hpp"
#include "warehouse/types/ascii.hpp"
#include "warehouse/types/moment.hpp"

namespace reel::warehouse {

namespace {

/// A type without anything that could be wrong with it.
FieldEncoder encoder_of(BaseType base, std::string_view format = {}) {
    return FieldEncoder::make({.base = base}, format).value();
}

/// Digits from the first to the last that counts, and the power of ten of the first.
struct Significant {
    std::string digits;
    std::int64_t power = 0;
    bool operator==(const Significant&) const = default;
};

Significant significant_of(std::string_view number) {
    Significant out;
    if (number.starts_with('-')) number.remove_prefix(1);
    const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
    if (mark < number.size()) {
        std::string_view exponent = number.substr(mark + 1);
        if (exponent.starts_with('+')) exponent.remove_prefix(1);
        std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.power);
        number = number.substr(0, mark);
    }
    const std::size_t point = std::min(number.find('.'), number.size());
    out.power += static_cast<std::int64_t>(point) - 1;
    for (const char c : number) {
        if (c == '.') continue;
        if (out.digits.empty() && c == '0') {
            --out.power;
        } else {
            out.digits += c;
        }
    }
    out.digits.resize(out.digits.find_last_not_of('0') + 1);
    if (out.digits.empty()) out.power = 0;
    return out;
}

/// Whether a double, printed with as many digits, is the number that was written.
bool double_keeps(std::string_view number) {
    constexpr std::size_t always_kept = 15;
    const Significant written = significant_of(number);
    if (written.digits.size() <= always_kept) return true;
    double value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    return significant_of(fmt::format("{:.{}e}", value, written.digits.size() - 1)) == written;
}

ValueShape trapped(Trap trap) {
    return {.trap = trap};
}

/// What storing a number would lose of its text.
Trap trap_of(std::string_view number) {
    if (number.starts_with('+')) return Trap::plus_sign;
    if (number.starts_with('-')) number.remove_prefix(1);
    const bool zeros = number.size() > 1 && number[0] == '0' && is_digit(number[1]);
    return zeros ? Trap::leading_zeros : Trap::none;
}

/// Of digits with or without a point.
void count_digits(std::string_view number, ValueShape& shape) {
    if (number.starts_with('-')) number.remove_prefix(1);
    const std::size_t point = std::min(number.find('.'), number.size());
    const bool only_zero = point == 1 && number[0] == '0';
    shape.integer_digits = only_zero ? 0 : static_cast<int>(point);
    shape.fraction_digits = static_cast<int>(number.size() - std::min(point + 1, number.size()));
}

}  // namespace

ValueClassifier::ValueClassifier()
    : bigint_(encoder_of(BaseType::bigint)),
      numeric_(encoder_of(BaseType::numeric)),
      double_(encoder_of(BaseType::double_precision)),
      date_(encoder_of(BaseType::date)),
      timestamp_(encoder_of(BaseType::timestamp)),
      jsonb_(encoder_of(BaseType::jsonb)) {
    for (const auto format : written_dates) {
        written_.push_back(encoder_of(BaseType::date, format));
    }
}

ValueShape ValueClassifier::classify(std::string_view text) {
    const std::string_view bare = trim(text);
    if (bare.empty()) return {};
    const char first = bare.front();
    if (first == '[' || first == '{') return classify_list(text);
    if (is_digit(first) || first == '-' || first == '+' || first == '.') {
        return classify_number(bare);
    }
    return classify_word(bare);
}

bool ValueClassifier::fits(const FieldEncoder& type, std::string_view text) {
    scratch_.clear();
    return type.encode(text, scratch_).has_value();
}

ValueShape ValueClassifier::classify_list(std::string_view text) {
    auto parsed = literal::parse_list_column(text);
    if (!parsed || (parsed->list() == nullptr && parsed->map() == nullptr)) return {};
    value_ = *std::move(parsed);
    return {.kind = ValueKind::list, .is_json = fits(jsonb_, text)};
}

ValueShape ValueClassifier::classify_number(std::string_view text) {
    if (fits(bigint_, text)) {
        if (const Trap trap = trap_of(text); trap != Trap::none) return trapped(trap);
        ValueShape shape{.kind = ValueKind::integer};
        std::from_chars(text.data(), text.data() + text.size(), shape.integer);
        count_digits(text, shape);
        shape.is_exact_double = double_keeps(text);
        return shape;
    }
    if (!fits(numeric_, text)) {
        if (!fits(double_, text)) return classify_moment(text);
        return {.kind = ValueKind::real, .is_infinite = true};
    }
    if (const Trap trap = trap_of(text); trap != Trap::none) return trapped(trap);
    if (text.find_first_of("eE") != std::string_view::npos) {
        if (!fits(double_, text)) return {};
        return {.kind = ValueKind::real, .is_exact_double = double_keeps(text)};
    }
    if (text.find('.') == std::string_view::npos) return trapped(Trap::too_long);
    ValueShape shape{.kind = ValueKind::decimal};
    count_digits(text, shape);
    shape.is_exact_double = double_keeps(text);
    return shape;
}

ValueShape ValueClassifier::classify_moment(std::string_view text) {
    // A date's parser takes a time of midnight as well, which would be lost.
    constexpr std::size_t date_size = 10;
    if (text.size() == date_size && fits(date_, text)) return {.kind = ValueKind::date};
    if (fits(timestamp_, text)) {
        const bool has_zone = parse_iso_moment(text)->zone_offset.has_value();
        return {.kind = has_zone ? ValueKind::timestamptz : ValueKind::timestamp};
    }
    ValueShape shape;
    for (std::size_t i = 0; i < written_.size(); ++i) {
        if (!fits(written_[i], text)) continue;
        shape.kind = ValueKind::written_date;
        shape.date_formats |= static_cast<std::uint8_t>(1U << i);
    }
    return shape;
}

ValueShape ValueClassifier::classify_word(std::string_view text) {
    constexpr std::size_t longest = 8;  // infinity
    if (text.size() > longest) return {};
    if (equals_ignoring_case(text, "true") || equals_ignoring_case(text, "false")) {
        return {.kind = ValueKind::boolean};
    }
    if (!fits(double_, text)) return {};
    return {.kind = ValueKind::real, .is_infinite = !fits(numeric_, text)};
}

std::optional<std::size_t> find_null_word(std::string_view text) {
    constexpr std::size_t longest = 4;
    if (text.size() > longest) return std::nullopt;
    const auto found = std::ranges::find(null_words, text);
    if (found == null_words.end()) return std::nullopt;
    return static_cast<std::size_t>(found - null_words.begin());
}

}  // namespace reel::warehouse
