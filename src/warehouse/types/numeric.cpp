#include "warehouse/types/numeric.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "warehouse/types/ascii.hpp"
#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

constexpr std::int64_t max_integer_digits = 131072;
constexpr std::int64_t max_scale = 16383;
constexpr std::uint16_t positive = 0x0000;
constexpr std::uint16_t negative = 0x4000;
constexpr std::uint16_t not_a_number = 0xC000;

/// 0.DIGITS × 10^point, and how many digits behind the point are shown.
struct Decimal {
    bool minus = false;
    std::string digits;
    std::int64_t point = 0;
    std::int64_t scale = 0;

    void drop_leading_zeros() {
        const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
        digits.erase(0, zeros);
        point = digits.empty() ? 0 : point - static_cast<std::int64_t>(zeros);
    }
};

std::string_view take_digits(std::string_view& text) {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view digits = text.substr(0, size);
    text.remove_prefix(size);
    return digits;
}

/// The number behind an e, held within bounds that are out of range anyway; none if it is none.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
    constexpr std::int64_t beyond = 1'000'000'000;
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
    std::int64_t exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc() || exponent > beyond) exponent = beyond;
    return minus ? -exponent : exponent;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
    Decimal number;
    number.minus = text.starts_with('-');
    if (number.minus || text.starts_with('+')) text.remove_prefix(1);
    number.digits = take_digits(text);
    number.point = static_cast<std::int64_t>(number.digits.size());
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        const std::string_view fraction = take_digits(text);
        number.digits += fraction;
        number.scale = static_cast<std::int64_t>(fraction.size());
    }
    if (number.digits.empty()) return std::nullopt;
    if (text.starts_with('e') || text.starts_with('E')) {
        const auto exponent = parse_exponent(text.substr(1));
        if (!exponent) return std::nullopt;
        number.point += *exponent;
        number.scale = std::max<std::int64_t>(0, number.scale - *exponent);
    } else if (!text.empty()) {
        return std::nullopt;
    }
    number.drop_leading_zeros();
    return number;
}

void round_to(Decimal& number, std::int64_t scale) {
    number.scale = scale;
    const std::int64_t kept = number.point + scale;
    if (kept >= static_cast<std::int64_t>(number.digits.size())) return;
    if (kept < 0) {
        number.digits.clear();
        number.drop_leading_zeros();
        return;
    }
    const auto size = static_cast<std::size_t>(kept);
    const bool up = number.digits[size] >= '5';
    number.digits.resize(size);
    if (up) {
        number.digits.insert(0, 1, '0');
        ++number.point;
        std::size_t last = size;
        while (number.digits[last] == '9') number.digits[last--] = '0';
        ++number.digits[last];
    }
    number.drop_leading_zeros();
}

/// Four decimal digits each, the first worth 10000^weight.
void append_groups(const Decimal& number, std::string& out) {
    const std::int64_t weight = (number.point - 1) >> 2;  // divided by 4, rounded down
    std::string padded(static_cast<std::size_t>((weight + 1) * 4 - number.point), '0');
    padded += number.digits;
    padded.resize((padded.size() + 3) / 4 * 4, '0');
    std::size_t groups = padded.size() / 4;
    while (groups > 0 && padded.compare((groups - 1) * 4, 4, "0000") == 0) --groups;
    const bool zero = groups == 0;
    append_wire(out, static_cast<std::uint16_t>(groups));
    append_wire(out, static_cast<std::int16_t>(zero ? 0 : weight));
    append_wire(out, number.minus && !zero ? negative : positive);
    append_wire(out, static_cast<std::uint16_t>(number.scale));
    for (std::size_t i = 0; i < groups; ++i) {
        std::uint16_t group = 0;
        for (const char digit : padded.substr(i * 4, 4)) {
            group = static_cast<std::uint16_t>(group * 10 + (digit - '0'));
        }
        append_wire(out, group);
    }
}

}  // namespace

Encoded append_numeric(std::string_view text, const ColumnType& type, std::string& out) {
    if (equals_ignoring_case(text, "nan")) {
        append_wire(out, std::uint32_t{0});
        append_wire(out, not_a_number);
        append_wire(out, std::uint16_t{0});
        return {};
    }
    auto number = parse_decimal(text);
    if (!number) return std::unexpected("not a number");
    if (type.precision) round_to(*number, type.scale);
    const std::int64_t integer_digits =
        type.precision ? *type.precision - type.scale : max_integer_digits;
    if (number->point > integer_digits || number->scale > max_scale) {
        return std::unexpected(fmt::format("out of range for {}", type.sql()));
    }
    append_groups(*number, out);
    return {};
}

}  // namespace reel::warehouse
