#include "warehouse/types/field_encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "warehouse/literal/parse.hpp"
#include "warehouse/types/ascii.hpp"
#include "warehouse/types/json_check.hpp"
#include "warehouse/types/numeric.hpp"
#include "warehouse/types/temporal.hpp"
#include "warehouse/types/utf8.hpp"
#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

std::unexpected<std::string> out_of_range(const ColumnType& type) {
    return std::unexpected(fmt::format("out of range for {}", type.sql()));
}

template <class T>
Encoded append_integer(const ColumnType& type, std::string_view text, std::string& out) {
    const bool is_negative = text.starts_with('-');
    const std::string_view digits = text.substr(is_negative || text.starts_with('+'));
    std::int64_t magnitude = 0;
    constexpr std::size_t fitting = std::numeric_limits<T>::digits10;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (!is_digit(digits[i])) return std::unexpected("not an integer");
        if (i < fitting) magnitude = magnitude * 10 + (digits[i] - '0');
    }
    if (digits.empty()) return std::unexpected("not an integer");
    T value = static_cast<T>(is_negative ? -magnitude : magnitude);
    if (digits.size() > fitting) {
        if (!is_negative) text = digits;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc()) return out_of_range(type);
    }
    append_wire(out, value);
    return {};
}

template <class T, class Bits>
Encoded append_float(const ColumnType& type, std::string_view text, std::string& out) {
    if (text.starts_with('+') && text.find('-') != 1) text.remove_prefix(1);
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool has_payload = text.find('(') != std::string_view::npos;  // nan(1)
    if (end != text.data() + text.size() || text.empty() || has_payload) {
        return std::unexpected("not a number");
    }
    if (error != std::errc()) return out_of_range(type);
    append_wire(out, std::bit_cast<Bits>(value));
    return {};
}

Encoded append_boolean(std::string_view text, std::string& out) {
    for (const std::string_view yes : {"true", "t", "1", "yes", "y", "on"}) {
        if (equals_ignoring_case(text, yes)) {
            out += '\1';
            return {};
        }
    }
    for (const std::string_view no : {"false", "f", "0", "no", "n", "off"}) {
        if (equals_ignoring_case(text, no)) {
            out += '\0';
            return {};
        }
    }
    return std::unexpected("not true or false");
}

Encoded append_text(const ColumnType& type, std::string_view text, std::string& out) {
    if (!is_plain_ascii(text)) {
        if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
            return std::unexpected(fmt::format("NUL at byte {}", nul + 1));
        }
        if (const auto invalid = find_invalid_utf8(text)) {
            return std::unexpected(fmt::format("invalid UTF-8 at byte {}", *invalid + 1));
        }
    }
    if (type.length) {
        // Blanks at the end of a char are no part of its value.
        const auto length = static_cast<std::size_t>(*type.length);
        while (type.base == BaseType::character && text.ends_with(' ') && text.size() > length) {
            text.remove_suffix(1);
        }
        const std::size_t characters = count_characters(text);
        if (characters > length) {
            return std::unexpected(
                fmt::format("too long for {}: {} characters", type.sql(), characters)
            );
        }
    }
    out += text;
    return {};
}

/// Pairs of hexadecimal digits; false, with rubbish appended, when it is something else.
bool append_hex(std::string_view text, std::string& out) {
    if (text.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return false;
        out += static_cast<char>(high * 16 + low);
    }
    return true;
}

Encoded append_bytea(std::string_view text, std::string& out) {
    if (text.starts_with("\\x") && append_hex(text.substr(2), out)) return {};
    return std::unexpected("not bytes (\\x and pairs of hexadecimal digits)");
}

Encoded append_uuid(std::string_view text, std::string& out) {
    constexpr std::array<std::size_t, 4> hyphens = {8, 13, 18, 23};
    if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
    std::string digits(text);
    if (digits.size() == 36) {
        for (std::size_t i = hyphens.size(); i > 0; --i) {
            if (digits[hyphens[i - 1]] == '-') digits.erase(hyphens[i - 1], 1);
        }
    }
    if (digits.size() == 32 && append_hex(digits, out)) return {};
    return std::unexpected("not a UUID");
}

Encoded append_json(const ColumnType& type, std::string_view text, std::string& out) {
    if (auto valid = check_json(text, type.base == BaseType::jsonb); !valid) return valid;
    constexpr char jsonb_version = 1;
    if (type.base == BaseType::jsonb) out += jsonb_version;
    out += text;
    return {};
}

Encoded append_value(
    const ColumnType& type, std::string_view format, std::string_view text, std::string& out
) {
    switch (type.base) {
        case BaseType::text:
        case BaseType::varchar:
        case BaseType::character:
            return append_text(type, text, out);
        case BaseType::json:
        case BaseType::jsonb:
            return append_json(type, text, out);
        default:
            text = trim(text);
    }
    switch (type.base) {
        case BaseType::smallint:
            return append_integer<std::int16_t>(type, text, out);
        case BaseType::integer:
            return append_integer<std::int32_t>(type, text, out);
        case BaseType::bigint:
            return append_integer<std::int64_t>(type, text, out);
        case BaseType::numeric:
            return append_numeric(text, type, out);
        case BaseType::real:
            return append_float<float, std::uint32_t>(type, text, out);
        case BaseType::double_precision:
            return append_float<double, std::uint64_t>(type, text, out);
        case BaseType::boolean:
            return append_boolean(text, out);
        case BaseType::uuid:
            return append_uuid(text, out);
        case BaseType::bytea:
            return append_bytea(text, out);
        default:
            return append_temporal(type, format, text, out);
    }
}

/// Appends the length that is known afterwards, and what `append` appends; nothing when that fails.
template <class Append>
Encoded append_field(std::string& out, Append append) {
    const std::size_t begin = out.size();
    append_wire(out, std::int32_t{0});
    const std::size_t body = out.size();
    Encoded appended = append();
    if (appended) {
        replace_wire(out, begin, static_cast<std::int32_t>(out.size() - body));
    } else {
        out.resize(begin);
    }
    return appended;
}

bool is_json(BaseType base) {
    return base == BaseType::json || base == BaseType::jsonb;
}

bool is_text(BaseType base) {
    return base == BaseType::text || base == BaseType::varchar || base == BaseType::character;
}

/// A number as text that the types' parsers read.
std::string spell(double value) {
    return std::isfinite(value) ? literal::to_json({value}) : fmt::format("{}", value);
}

/// Integers of a literal need not be spelled to be read again. False where it does not fit.
template <class T>
bool append_whole(std::int64_t value, std::string& out) {
    if (!std::in_range<T>(value)) return false;
    append_wire(out, static_cast<std::int32_t>(sizeof(T)));
    append_wire(out, static_cast<T>(value));
    return true;
}

bool append_integer_field(BaseType base, std::int64_t value, std::string& out) {
    return (base == BaseType::smallint && append_whole<std::int16_t>(value, out)) ||
           (base == BaseType::integer && append_whole<std::int32_t>(value, out)) ||
           (base == BaseType::bigint && append_whole<std::int64_t>(value, out));
}

/// What a literal's value is for a column: text that is read like a cell, or an error.
struct Spelling {
    const ColumnType& type;

    using Text = std::expected<std::string, std::string>;
    [[nodiscard]] Text refuse(std::string_view kind) const {
        return std::unexpected(fmt::format("a {} does not fit {}", kind, type.sql()));
    }
    Text operator()(literal::Value::Null) const { return std::string(); }
    Text operator()(bool value) const {
        const bool fits = type.base == BaseType::boolean || is_text(type.base);
        return fits ? Text(value ? "true" : "false") : refuse("boolean");
    }
    Text operator()(std::int64_t value) const { return std::to_string(value); }
    Text operator()(const literal::Number& value) const { return value.text; }
    Text operator()(double value) const { return spell(value); }
    Text operator()(const std::string& value) const { return value; }
    Text operator()(const literal::Bytes& value) const {
        return is_text(type.base) ? Text(value.data) : refuse("byte string");
    }
    Text operator()(const literal::List& value) const {
        return is_text(type.base) ? Text(literal::to_json({value})) : refuse("list");
    }
    Text operator()(const literal::Map& value) const {
        return is_text(type.base) ? Text(literal::to_json({value})) : refuse("map");
    }
};

}  // namespace

core::Result<FieldEncoder> FieldEncoder::make(const ColumnType& type, std::string_view format) {
    if (!format.empty()) {
        if (auto sound = check_temporal_format(type, format); !sound) {
            return std::unexpected(sound.error());
        }
    }
    return FieldEncoder(type, format);
}

Encoded FieldEncoder::encode(std::string_view text, std::string& out) const {
    return append_field(out, [&] { return append_value(type_, format_, text, out); });
}

Encoded FieldEncoder::encode(const literal::Value& value, std::string& out) const {
    if (value.is_null()) {
        encode_null(out);
        return {};
    }
    if (is_json(type_.base)) return encode(literal::to_json(value), out);
    if (const auto* text = value.text()) return encode(*text, out);
    const auto* whole = std::get_if<std::int64_t>(&value.data);
    if (whole != nullptr && append_integer_field(type_.base, *whole, out)) return {};
    const auto* bytes = std::get_if<literal::Bytes>(&value.data);
    if (bytes != nullptr && type_.base == BaseType::bytea) {
        return append_field(out, [&] {
            out += bytes->data;
            return Encoded();
        });
    }
    const auto text = std::visit(Spelling{type_}, value.data);
    if (!text) return std::unexpected(text.error());
    return encode(*text, out);
}

void encode_null(std::string& out) {
    append_wire(out, std::int32_t{-1});
}

}  // namespace reel::warehouse
