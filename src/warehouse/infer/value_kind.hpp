#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/literal/value.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {

/// The narrowest kind that a text is of.
enum class ValueKind : std::uint8_t {
    boolean,       ///< true or false in any case; what else boolean reads are words or numbers
    integer,       ///< fits bigint
    decimal,       ///< digits with a point
    real,          ///< with an exponent, or infinite
    date,          ///< YYYY-MM-DD
    timestamp,     ///< a date and a time, no zone
    timestamptz,   ///< with a zone
    written_date,  ///< one of `written_dates`
    list,          ///< a list or map, JSON or a Python literal
    text,          ///< anything else, and numbers that would lose something (Trap)
};
inline constexpr std::size_t value_kinds = 10;

/// What a number would lose if it were stored as one.
enum class Trap : std::uint8_t { none, leading_zeros, plus_sign, too_long };
inline constexpr std::size_t traps = 4;

/// Dates that are not ISO 8601, as `format` says them.
inline constexpr std::array<std::string_view, 4> written_dates{
    "%d.%m.%Y", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y"
};

/// What can be told of one text.
struct ValueShape {
    ValueKind kind = ValueKind::text;
    Trap trap = Trap::none;         ///< of text
    std::int64_t integer = 0;       ///< of integer
    int integer_digits = 0;         ///< of integer and decimal: without a zero in front
    int fraction_digits = 0;        ///< of decimal
    bool is_exact_double = true;    ///< of numbers: a double gives the written digits back
    bool is_infinite = false;       ///< of real
    std::uint8_t date_formats = 0;  ///< of written_date: bit i for written_dates[i]
    bool is_json = false;           ///< of list: jsonb takes it
};

/// Tells kinds by the parsers that `stage` uses, so that a column of one kind stages without a
/// reject. Texts are not empty.
class ValueClassifier final {
  public:
    ValueClassifier();
    [[nodiscard]] ValueShape classify(std::string_view text);
    /// What the text says that was a list.
    [[nodiscard]] const literal::Value& value() const { return value_; }

  private:
    [[nodiscard]] bool fits(const FieldEncoder& type, std::string_view text);
    [[nodiscard]] ValueShape classify_list(std::string_view text);
    [[nodiscard]] ValueShape classify_number(std::string_view text);
    [[nodiscard]] ValueShape classify_moment(std::string_view text);
    [[nodiscard]] ValueShape classify_word(std::string_view text);

    FieldEncoder bigint_;
    FieldEncoder numeric_;
    FieldEncoder double_;
    FieldEncoder date_;
    FieldEncoder timestamp_;
    FieldEncoder jsonb_;
    std::vector<FieldEncoder> written_;
    literal::Value value_;
    std::string scratch_;
};

/// Position in `null_words` of a text that people write for "nothing".
[[nodiscard]] std::optional<std::size_t> find_null_word(std::string_view text);
inline constexpr std::array<std::string_view, 14> null_words{
    "NULL", "null", "None", "none", "NaN", "nan", "NA", "N/A", "n/a", "#N/A", "\\N", "-", ".", "?"
};

}  // namespace reel::warehouse
