#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "warehouse/literal/value.hpp"
#include "warehouse/types/column_type.hpp"
#include "warehouse/types/plain_field.hpp"

namespace reel::warehouse {

/// Why a value does not fit its column: "not an integer", "out of range for smallint", without the
/// value itself.
using Encoded = std::expected<void, std::string>;

/// Turns the values of one column into fields of binary COPY (length, then bytes). Pure.
class FieldEncoder {
  public:
    /// `format` is the column's `format:` or empty. For date, time, timestamp and timestamptz: a
    /// pattern of %Y %m %d %y %b %B %j %H %I %p %M %S %f %z %% %F %T; also "epoch" (seconds, with a
    /// fraction if there is one) and "epoch_ms" for all but time. Without format: ISO 8601. Errors:
    /// a pattern that cannot give the type, a format for another type.
    [[nodiscard]] static core::Result<FieldEncoder> make(
        const ColumnType& type, std::string_view format = {}
    );

    /// Appends the field of a text. Blanks around it count only for text, varchar, char and json.
    /// Empty text is a value like any other (so no integer): what is NULL is the caller's matter.
    /// When it fails, `out` is as it was.
    [[nodiscard]] Encoded encode(std::string_view text, std::string& out) const;
    /// Appends the field of a literal: null becomes NULL, a string is read like a cell, a list or
    /// map fits json, jsonb and text (as JSON text).
    [[nodiscard]] Encoded encode(const literal::Value& value, std::string& out) const;

    [[nodiscard]] const ColumnType& type() const { return type_; }
    [[nodiscard]] const PlainField& plain() const { return plain_; }

  private:
    FieldEncoder(const ColumnType& type, std::string_view format)
        : type_(type), format_(format), plain_(PlainField::of(type, format)) {}
    ColumnType type_;
    std::string format_;
    PlainField plain_;
};

/// Appends a NULL field.
void encode_null(std::string& out);

}  // namespace reel::warehouse
