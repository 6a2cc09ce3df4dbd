#include "warehouse/types/plain_field.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <limits>

#include "warehouse/types/plain_digits.hpp"
#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

template <std::integral T>
char* write_field(T value, char* into) {
    const auto length = to_wire(static_cast<std::int32_t>(sizeof value));
    const auto bytes = to_wire(value);
    std::memcpy(into, length.data(), length.size());
    std::memcpy(into + length.size(), bytes.data(), bytes.size());
    return into + length.size() + bytes.size();
}

template <std::integral T>
char* encode_integer(std::string_view text, char* into) {
    const bool minus = text.starts_with('-');
    text.remove_prefix(minus ? 1 : 0);
    // So many digits fit, whatever they are.
    constexpr std::size_t fitting = std::min(std::numeric_limits<T>::digits10, 16);
    std::uint64_t value = 0;
    if (text.size() > fitting || !read_digits(text.begin(), text.size(), value)) return nullptr;
    const auto magnitude = static_cast<std::int64_t>(value);
    return write_field(static_cast<T>(minus ? -magnitude : magnitude), into);
}

/// When digits and power of ten are exact in T, their quotient is the nearest there is.
template <class T, class Bits>
char* encode_float(std::string_view text, char* into) {
    constexpr std::size_t exact_power = sizeof(T) == 4 ? 10 : 15;
    PlainDecimal number;
    if (!read_decimal(text, number) || number.scale > exact_power) return nullptr;
    if (number.digits > (1ULL << std::numeric_limits<T>::digits)) return nullptr;
    T value = static_cast<T>(number.digits) / static_cast<T>(powers_of_ten.at(number.scale));
    if (number.minus) value = -value;
    return write_field(std::bit_cast<Bits>(value), into);
}

/// Two groups of four digits before the point and one behind it.
char* encode_numeric(const PlainField& field, std::string_view text, char* into) {
    PlainDecimal number;
    if (!read_decimal(text, number)) return nullptr;
    const std::size_t scale = field.precision == 0 ? number.scale : field.scale;
    if (number.scale > scale || scale > 4) return nullptr;
    const std::uint64_t scaled = number.digits * powers_of_ten.at(scale - number.scale);
    const std::uint64_t whole = scaled / powers_of_ten.at(scale);
    const std::uint64_t part = scaled % powers_of_ten.at(scale) * powers_of_ten.at(4 - scale);
    if (whole >= 100'000'000) return nullptr;
    if (field.precision != 0 && scaled >= powers_of_ten.at(field.precision)) return nullptr;
    const std::array<std::uint64_t, 3> groups = {whole / 10'000, whole % 10'000, part};
    std::size_t first = 0;
    std::size_t end = 3;
    while (first < end && groups.at(first) == 0) ++first;
    while (end > first && groups.at(end - 1) == 0) --end;
    const std::size_t count = end - first;
    const bool zero = count == 0;
    const auto put = [&into](auto value) {
        const auto bytes = to_wire(value);
        into = std::ranges::copy(bytes, into).out;
    };
    put(static_cast<std::int32_t>(8 + 2 * count));
    put(static_cast<std::uint16_t>(count));
    put(static_cast<std::int16_t>(zero ? 0 : 1 - static_cast<int>(first)));
    put(static_cast<std::uint16_t>(number.minus && !zero ? 0x4000 : 0));
    put(static_cast<std::uint16_t>(scale));
    for (std::size_t i = first; i < end; ++i) put(static_cast<std::uint16_t>(groups.at(i)));
    return into;
}

char* encode_boolean(std::string_view text, char* into) {
    const bool yes = text == "1" || text == "t" || text == "true" || text == "True";
    const bool no = text == "0" || text == "f" || text == "false" || text == "False";
    return yes || no ? write_field(static_cast<std::int8_t>(yes), into) : nullptr;
}

char* encode_text(const PlainField& field, std::string_view text, char* into) {
    if (field.length != 0 && text.size() > field.length) return nullptr;
    const auto length = to_wire(static_cast<std::int32_t>(text.size()));
    into = std::ranges::copy(length, into).out;
    return std::ranges::copy(text, into).out;
}

constexpr std::int64_t epoch_to_2000_days = 10957;
constexpr std::int64_t day_micros = 86'400'000'000;

/// YYYY-MM-DD, as days since 2000-01-01.
bool read_date(std::string_view text, std::int64_t& days) {
    std::uint64_t year = 0;
    std::uint64_t month = 0;
    std::uint64_t day = 0;
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    if (!read_eight(text.begin(), 4, year) || !read_eight(text.begin() + 5, 2, month)) return false;
    if (!read_eight(text.begin() + 8, 2, day) || year == 0) return false;
    const std::chrono::year_month_day date(
        std::chrono::year(static_cast<int>(year)),
        std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day))
    );
    if (!date.ok()) return false;
    days = std::chrono::sys_days(date).time_since_epoch().count() - epoch_to_2000_days;
    return true;
}

char* encode_date(std::string_view text, char* into) {
    std::int64_t days = 0;
    if (!read_date(text, days)) return nullptr;
    return write_field(static_cast<std::int32_t>(days), into);
}

/// YYYY-MM-DD HH:MM:SS, with a blank or T.
char* encode_timestamp(std::string_view text, char* into) {
    std::int64_t days = 0;
    if (text.size() != 19 || !read_date(text.substr(0, 10), days)) return nullptr;
    if ((text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':') return nullptr;
    std::uint64_t hour = 0;
    std::uint64_t minute = 0;
    std::uint64_t second = 0;
    const bool is_time = read_eight(text.begin() + 11, 2, hour) &&
                         read_eight(text.begin() + 14, 2, minute) &&
                         read_eight(text.begin() + 17, 2, second);
    if (!is_time || hour > 23 || minute > 59 || second > 59) return nullptr;
    const auto seconds = static_cast<std::int64_t>((hour * 60 + minute) * 60 + second);
    return write_field(days * day_micros + seconds * 1'000'000, into);
}

/// Up to the year 5138 no range needs a look.
char* encode_epoch(const PlainField& field, std::string_view text, char* into) {
    constexpr std::int64_t most_micros = 100'000'000'000'000'000;
    std::uint64_t value = 0;
    if (text.empty() || !read_digits(text.begin(), text.size(), value)) return nullptr;
    if (value >= static_cast<std::uint64_t>(most_micros / field.epoch_unit)) return nullptr;
    const std::int64_t micros = static_cast<std::int64_t>(value) * field.epoch_unit;
    return write_field(micros - epoch_to_2000_days * day_micros, into);
}

/// Length and bytes of a cell, or nullptr.
char* encode_text_of(const PlainField& field, std::string_view text, char* into) {
    switch (field.kind) {
        case PlainKind::none:
            return nullptr;
        case PlainKind::smallint:
            return encode_integer<std::int16_t>(text, into);
        case PlainKind::integer:
            return encode_integer<std::int32_t>(text, into);
        case PlainKind::bigint:
            return encode_integer<std::int64_t>(text, into);
        case PlainKind::real:
            return encode_float<float, std::uint32_t>(text, into);
        case PlainKind::double_precision:
            return encode_float<double, std::uint64_t>(text, into);
        case PlainKind::numeric:
            return encode_numeric(field, text, into);
        case PlainKind::boolean:
            return encode_boolean(text, into);
        case PlainKind::text:
            return encode_text(field, text, into);
        case PlainKind::date:
            return encode_date(text, into);
        case PlainKind::timestamp:
            return encode_timestamp(text, into);
        case PlainKind::epoch:
            return encode_epoch(field, text, into);
    }
    return nullptr;
}

char* write_null(char* into) {
    return std::ranges::copy(to_wire(std::int32_t{-1}), into).out;
}

bool is_null(const PlainColumn& column, std::string_view text) {
    if (text.empty()) return column.empty_is_null;
    return column.null_values != nullptr &&
           std::ranges::find(*column.null_values, text) != column.null_values->end();
}

PlainKind kind_of(const ColumnType& type, bool is_epoch) {
    switch (type.base) {
        case BaseType::smallint:
            return PlainKind::smallint;
        case BaseType::integer:
            return PlainKind::integer;
        case BaseType::bigint:
            return PlainKind::bigint;
        case BaseType::real:
            return PlainKind::real;
        case BaseType::double_precision:
            return PlainKind::double_precision;
        case BaseType::numeric: {
            const bool is_small = type.precision.value_or(0) < 16 && type.scale >= 0;
            return is_small && type.scale <= 4 ? PlainKind::numeric : PlainKind::none;
        }
        case BaseType::boolean:
            return PlainKind::boolean;
        case BaseType::text:
        case BaseType::varchar:
            return PlainKind::text;
        case BaseType::date:
            return is_epoch ? PlainKind::none : PlainKind::date;
        case BaseType::timestamp:
        case BaseType::timestamptz:
            return is_epoch ? PlainKind::epoch : PlainKind::timestamp;
        default:
            return PlainKind::none;
    }
}

}  // namespace

PlainField PlainField::of(const ColumnType& type, std::string_view format) {
    const std::int64_t unit = format == "epoch" ? 1'000'000 : format == "epoch_ms" ? 1'000 : 0;
    const bool by_pattern = !format.empty() && unit == 0;
    PlainField field;
    if (by_pattern) return field;
    field.kind = kind_of(type, unit != 0);
    field.epoch_unit = unit;
    field.length = static_cast<std::uint32_t>(type.length.value_or(0));
    if (field.kind == PlainKind::numeric) {
        field.precision = static_cast<std::uint8_t>(type.precision.value_or(0));
        field.scale = static_cast<std::uint8_t>(type.scale);
    }
    return field;
}

char* encode_plain(std::span<const PlainColumn> columns, const CellPlaces& places, char* into) {
    for (const PlainColumn& column : columns) {
        const std::size_t from = column.cell == 0 ? places.begin : places.ends[column.cell - 1] + 1;
        std::string_view text(places.text + from, places.ends[column.cell] - from);
        if (!text.empty() && text.front() == places.quote && places.quote != '\0') {
            text = text.substr(1, text.size() - 2);
            if (text.contains(places.quote)) return nullptr;
        }
        if (!is_null(column, text)) {
            into = encode_text_of(column.field, text, into);
        } else {
            into = column.may_be_null ? write_null(into) : nullptr;
        }
        if (into == nullptr) return nullptr;
    }
    return into;
}

}  // namespace reel::warehouse
