#include "warehouse/types/column_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include "reel/core/ascii.hpp"
#include "reel/core/did_you_mean.hpp"

namespace reel::warehouse {

namespace {

struct Description {
    BaseType base;
    std::uint32_t oid;  ///< in pg_type, the same on every server
    std::string_view sql;
};

constexpr std::array<Description, 18> descriptions = {{
    {BaseType::smallint, 21, "smallint"},
    {BaseType::integer, 23, "integer"},
    {BaseType::bigint, 20, "bigint"},
    {BaseType::numeric, 1700, "numeric"},
    {BaseType::real, 700, "real"},
    {BaseType::double_precision, 701, "double precision"},
    {BaseType::text, 25, "text"},
    {BaseType::varchar, 1043, "varchar"},
    {BaseType::character, 1042, "char"},
    {BaseType::boolean, 16, "boolean"},
    {BaseType::date, 1082, "date"},
    {BaseType::time, 1083, "time"},
    {BaseType::timestamp, 1114, "timestamp"},
    {BaseType::timestamptz, 1184, "timestamptz"},
    {BaseType::uuid, 2950, "uuid"},
    {BaseType::json, 114, "json"},
    {BaseType::jsonb, 3802, "jsonb"},
    {BaseType::bytea, 17, "bytea"},
}};

const Description& describe(BaseType base) {
    return descriptions.at(static_cast<std::size_t>(base));
}

constexpr std::array<std::pair<std::string_view, BaseType>, 16> aliases = {{
    {"int2", BaseType::smallint},
    {"int", BaseType::integer},
    {"int4", BaseType::integer},
    {"int8", BaseType::bigint},
    {"decimal", BaseType::numeric},
    {"float4", BaseType::real},
    {"float8", BaseType::double_precision},
    {"double", BaseType::double_precision},
    {"float", BaseType::double_precision},
    {"character varying", BaseType::varchar},
    {"character", BaseType::character},
    {"bpchar", BaseType::character},
    {"bool", BaseType::boolean},
    {"time without time zone", BaseType::time},
    {"timestamp without time zone", BaseType::timestamp},
    {"timestamp with time zone", BaseType::timestamptz},
}};

/// The words of a type in lower case with one blank between them, and what is in parentheses.
struct TypeText {
    std::string name;
    std::optional<std::string> arguments;
};

std::optional<TypeText> split(std::string_view text) {
    TypeText parts;
    bool blank = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '(') {
            const std::size_t end = text.find(')', i);
            if (end == std::string_view::npos || parts.arguments) return std::nullopt;
            parts.arguments = text.substr(i + 1, end - i - 1);
            i = end;
            blank = true;
        } else if (c == ' ' || c == '\t') {
            blank = true;
        } else {
            if (blank && !parts.name.empty()) parts.name += ' ';
            blank = false;
            parts.name += core::to_lower(c);
        }
    }
    return parts;
}

std::optional<BaseType> find_base(std::string_view name) {
    for (const Description& known : descriptions) {
        if (known.sql == name) return known.base;
    }
    for (const auto& [alias, base] : aliases) {
        if (alias == name) return base;
    }
    return std::nullopt;
}

std::string suggest(const std::string& name) {
    std::vector<std::string> known;
    std::string all;
    for (const Description& description : descriptions) {
        known.emplace_back(description.sql);
        all += (all.empty() ? "" : ", ") + std::string(description.sql);
    }
    for (const auto& [alias, base] : aliases) known.emplace_back(alias);
    const std::string nearest = core::did_you_mean(name, known);
    return nearest.empty() ? "known types: " + all : nearest;
}

/// Whole numbers with commas between them.
std::optional<std::vector<int>> parse_numbers(std::string_view text) {
    std::vector<int> numbers;
    for (;;) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view one = text.substr(0, comma);
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        int number = 0;
        const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), number);
        if (error != std::errc() || end != one.data() + one.size()) return std::nullopt;
        numbers.push_back(number);
        if (comma == text.size()) return numbers;
        text.remove_prefix(comma + 1);
    }
}

/// What is wrong with the numbers in parentheses, or "".
std::string apply_arguments(ColumnType& type, std::span<const int> numbers) {
    constexpr int max_length = 10485760;
    constexpr int max_precision = 1000;
    if (type.base == BaseType::varchar || type.base == BaseType::character) {
        if (numbers.size() != 1) return "takes one length";
        if (numbers[0] < 1 || numbers[0] > max_length) return "has a length of 1 to 10485760";
        type.length = numbers[0];
        return {};
    }
    if (type.base != BaseType::numeric) return "takes nothing in parentheses";
    if (numbers.size() > 2) return "takes precision and scale";
    if (numbers[0] < 1 || numbers[0] > max_precision) return "has a precision of 1 to 1000";
    type.precision = numbers[0];
    type.scale = numbers.size() == 2 ? numbers[1] : 0;
    if (type.scale < 0 || type.scale > numbers[0]) return "has a scale of 0 to its precision";
    return {};
}

}  // namespace

std::string ColumnType::sql() const {
    const std::string_view name = describe(base).sql;
    if (length) return fmt::format("{}({})", name, *length);
    if (precision) return fmt::format("{}({},{})", name, *precision, scale);
    return std::string(name);
}

std::uint32_t ColumnType::oid() const {
    return describe(base).oid;
}

core::Result<ColumnType> parse_column_type(std::string_view text) {
    const auto refuse = [text](std::string_view why, std::string hint = {}) {
        return core::fail(
            core::Errc::invalid_argument, fmt::format("type '{}' {}", text, why), std::move(hint)
        );
    };
    const auto parts = split(text);
    if (!parts) return refuse("has unbalanced parentheses");
    const auto base = find_base(parts->name);
    if (!base) return refuse("is not known", suggest(parts->name));
    ColumnType type = {.base = *base};
    if (parts->arguments) {
        const auto numbers = parse_numbers(*parts->arguments);
        if (!numbers) return refuse("needs whole numbers in its parentheses");
        const std::string wrong = apply_arguments(type, *numbers);
        if (!wrong.empty()) return refuse(wrong);
    } else if (type.base == BaseType::character) {
        type.length = 1;
    }
    return type;
}

}  // namespace reel::warehouse
