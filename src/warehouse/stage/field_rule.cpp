#include "warehouse/stage/field_rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <compare>
#include <cstdint>
#include <utility>
#include <vector>

#include "warehouse/stage/text_pattern.hpp"
#include "warehouse/types/field_encoder.hpp"
#include "warehouse/types/utf8.hpp"
#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

using Order = std::strong_ordering (*)(std::string_view, std::string_view);

FieldVerdict broken_if(bool broken) {
    return broken ? FieldVerdict::broken : FieldVerdict::holds;
}

template <class T>
std::strong_ordering by_integer(std::string_view a, std::string_view b) {
    return read_wire<T>(a) <=> read_wire<T>(b);
}

/// NaN is above all and like itself, and there is one zero.
template <class Float, class Bits>
std::strong_ordering by_float(std::string_view a, std::string_view b) {
    const auto left = std::bit_cast<Float>(read_wire<Bits>(a));
    const auto right = std::bit_cast<Float>(read_wire<Bits>(b));
    if (std::isnan(left) || std::isnan(right)) return std::isnan(left) <=> std::isnan(right);
    return left < right   ? std::strong_ordering::less
           : left > right ? std::strong_ordering::greater
                          : std::strong_ordering::equal;
}

/// The parts of a binary numeric: no group of digits is zero at either end.
struct WireNumeric {
    explicit WireNumeric(std::string_view field)
        : groups(read_wire<std::uint16_t>(field)),
          weight(read_wire<std::int16_t>(field.substr(2))),
          sign(read_wire<std::uint16_t>(field.substr(4))),
          digits(field.substr(8)) {}

    /// −1, 0, 1; 2 of NaN, which is above all.
    [[nodiscard]] int rank() const {
        constexpr std::uint16_t not_a_number = 0xC000;
        constexpr std::uint16_t negative = 0x4000;
        if (sign == not_a_number) return 2;
        return groups == 0 ? 0 : sign == negative ? -1 : 1;
    }

    std::uint16_t groups;
    std::int16_t weight;
    std::uint16_t sign;
    std::string_view digits;
};

std::strong_ordering by_numeric(std::string_view a, std::string_view b) {
    const WireNumeric left(a);
    const WireNumeric right(b);
    const int rank = left.rank();
    if (rank != right.rank()) return rank <=> right.rank();
    if (rank == 0 || rank == 2) return std::strong_ordering::equal;
    auto order = left.weight <=> right.weight;
    // Groups are two bytes each, the greater first, so they compare as bytes do.
    if (order == 0) order = left.digits.compare(right.digits) <=> 0;
    return rank > 0 ? order : 0 <=> order;
}

std::strong_ordering by_bytes(std::string_view a, std::string_view b) {
    return a.compare(b) <=> 0;
}

/// How values of a type compare; nullptr where that is the server's to say.
Order order_of(BaseType base) {
    switch (base) {
        case BaseType::smallint:
            return by_integer<std::int16_t>;
        case BaseType::integer:
        case BaseType::date:
            return by_integer<std::int32_t>;
        case BaseType::bigint:
        case BaseType::time:
        case BaseType::timestamp:
        case BaseType::timestamptz:
            return by_integer<std::int64_t>;
        case BaseType::real:
            return by_float<float, std::uint32_t>;
        case BaseType::double_precision:
            return by_float<double, std::uint64_t>;
        case BaseType::numeric:
            return by_numeric;
        default:
            return nullptr;
    }
}

/// The same for being equal alone.
Order equality_of(BaseType base) {
    switch (base) {
        case BaseType::text:
        case BaseType::varchar:
        case BaseType::boolean:
        case BaseType::uuid:
            return by_bytes;
        default:
            return order_of(base);
    }
}

/// Whether the server reads the text of a moment as the loader does: its time zone has no say.
bool is_moment_of_itself(std::string_view text, BaseType base) {
    if (base == BaseType::timestamp) {
        return text.find_first_not_of("0123456789-: .T") == std::string_view::npos;
    }
    return base != BaseType::timestamptz || text.ends_with('Z') || text.ends_with("+00");
}

/// The bytes of a value that the user wrote, by the type that the server would give it.
std::expected<std::string, std::string> encode_word(const std::string& text, ColumnType type) {
    type.precision.reset();
    type.length.reset();
    type.scale = 0;
    const auto encoder = FieldEncoder::make(type);
    std::string field;
    const bool is_plain = is_moment_of_itself(text, type.base) &&
                          (type.base != BaseType::boolean || text == "true" || text == "false");
    if (!encoder || !is_plain || !encoder->encode(text, field)) {
        return std::unexpected(
            fmt::format("what '{}' is as {} is the server's to say", text, type.sql())
        );
    }
    return field.substr(sizeof(std::int32_t));
}

struct ComesBefore {
    Order order;
    bool operator()(std::string_view a, std::string_view b) const { return order(a, b) < 0; }
};

class AcceptedRule final : public FieldRule {
  public:
    AcceptedRule(std::vector<std::string> values, Order order)
        : values_(std::move(values)), before_{order} {
        std::ranges::sort(values_, before_);
    }
    [[nodiscard]] FieldVerdict judge(std::string_view field) const override {
        return broken_if(!std::ranges::binary_search(values_, field, before_));
    }

  private:
    std::vector<std::string> values_;
    ComesBefore before_;
};

class RangeRule final : public FieldRule {
  public:
    RangeRule(std::optional<std::string> least, std::optional<std::string> most, Order order)
        : least_(std::move(least)), most_(std::move(most)), order_(order) {}
    [[nodiscard]] FieldVerdict judge(std::string_view field) const override {
        const bool below = least_ && order_(field, *least_) < 0;
        return broken_if(below || (most_ && order_(field, *most_) > 0));
    }

  private:
    std::optional<std::string> least_;
    std::optional<std::string> most_;
    Order order_;
};

class LengthRule final : public FieldRule {
  public:
    LengthRule(std::optional<std::size_t> least, std::optional<std::size_t> most)
        : least_(least), most_(most) {}
    [[nodiscard]] FieldVerdict judge(std::string_view field) const override {
        const std::size_t length = count_characters(field);
        return broken_if((least_ && length < *least_) || (most_ && length > *most_));
    }

  private:
    std::optional<std::size_t> least_;
    std::optional<std::size_t> most_;
};

class PatternRule final : public FieldRule {
  public:
    explicit PatternRule(TextPattern pattern) : pattern_(std::move(pattern)) {}
    [[nodiscard]] FieldVerdict judge(std::string_view field) const override {
        const auto found = pattern_.is_found_in(field);
        return found ? broken_if(!*found) : FieldVerdict::unknown;
    }

  private:
    TextPattern pattern_;
};

MadeRule make_accepted(const RowRule& rule, const ColumnType& type) {
    const Order order = equality_of(type.base);
    if (order == nullptr) {
        return std::unexpected(
            fmt::format("which values of {} are equal is the server's to say", type.sql())
        );
    }
    std::vector<std::string> values;
    for (const auto& word : rule.values) {
        auto value = encode_word(word, type);
        if (!value) return std::unexpected(std::move(value.error()));
        values.push_back(*std::move(value));
    }
    return std::make_shared<AcceptedRule>(std::move(values), order);
}

using Bound = std::expected<std::optional<std::string>, std::string>;

Bound encode_bound(const std::optional<std::string>& word, const ColumnType& type) {
    if (!word) return std::nullopt;
    return encode_word(*word, type);
}

MadeRule make_range(const RowRule& rule, const ColumnType& type) {
    const Order order = order_of(type.base);
    if (order == nullptr) {
        return std::unexpected(fmt::format("how {} is ordered is the server's to say", type.sql()));
    }
    auto least = encode_bound(rule.least, type);
    auto most = encode_bound(rule.most, type);
    if (!least || !most) return std::unexpected(!least ? least.error() : most.error());
    return std::make_shared<RangeRule>(*std::move(least), *std::move(most), order);
}

bool is_text(const ColumnType& type) {
    return type.base == BaseType::text || type.base == BaseType::varchar;
}

std::unexpected<std::string> no_text(const ColumnType& type) {
    return std::unexpected(fmt::format("the text of {} is the server's to write", type.sql()));
}

MadeRule make_length(const RowRule& rule, const ColumnType& type) {
    if (!is_text(type)) return no_text(type);
    const auto bound_of = [](const std::optional<std::string>& word
                          ) -> std::expected<std::optional<std::size_t>, std::string> {
        if (!word) return std::nullopt;
        std::int32_t bound = -1;
        const auto* const end = word->data() + word->size();
        const auto parsed = std::from_chars(word->data(), end, bound);
        if (parsed.ec == std::errc{} && parsed.ptr == end && bound >= 0) {
            return static_cast<std::size_t>(bound);
        }
        return std::unexpected(fmt::format("'{}' is no length", *word));
    };
    const auto least = bound_of(rule.least);
    const auto most = bound_of(rule.most);
    if (!least || !most) return std::unexpected(!least ? least.error() : most.error());
    return std::make_shared<LengthRule>(*least, *most);
}

MadeRule make_pattern(const RowRule& rule, const ColumnType& type) {
    if (!is_text(type)) return no_text(type);
    auto pattern = TextPattern::make(rule.pattern);
    if (!pattern) return std::unexpected(std::move(pattern.error()));
    return std::make_shared<PatternRule>(*std::move(pattern));
}

}  // namespace

MadeRule make_field_rule(const RowRule& rule, const ColumnType& type) {
    switch (rule.test) {
        case RowRule::Test::not_accepted:
            return make_accepted(rule, type);
        case RowRule::Test::out_of_range:
            return make_range(rule, type);
        case RowRule::Test::out_of_length:
            return make_length(rule, type);
        case RowRule::Test::no_match:
            return make_pattern(rule, type);
        case RowRule::Test::is_null:
        case RowRule::Test::repeats:
            break;
    }
    return std::unexpected("it is no test of a value");
}

}  // namespace reel::warehouse
