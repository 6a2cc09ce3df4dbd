#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/types/column_type.hpp"

namespace reel::warehouse {

/// How the plain spellings of a column become fields; decided once per column.
enum class PlainKind : std::uint8_t {
    none,  ///< there are no spellings that would be quick
    smallint,
    integer,
    bigint,
    real,
    double_precision,
    numeric,
    boolean,
    text,
    date,
    timestamp,
    epoch,
};

/// The quick half of FieldEncoder: digits without an exponent, ISO dates, epochs in whole units,
/// text. What it encodes, it encodes as FieldEncoder does; everything else, mistakes as well as
/// rare spellings, is left to that.
struct PlainField {
    PlainKind kind = PlainKind::none;
    std::uint8_t precision = 0;  ///< of numeric; 0 for any
    std::uint8_t scale = 0;
    std::uint32_t length = 0;     ///< most characters of text; 0 for any number
    std::int64_t epoch_unit = 0;  ///< in microseconds

    /// What a field that is no text may have, its length included.
    static constexpr std::size_t most_bytes = 32;

    [[nodiscard]] static PlainField of(const ColumnType& type, std::string_view format);
};

/// A column of a row that is made of a record's cells.
struct PlainColumn {
    std::size_t cell = 0;
    PlainField field;
    bool may_be_null = true;
    bool empty_is_null = true;
    const std::vector<std::string>* null_values = nullptr;  ///< unset when there are none
};

/// Where a record's cells stand: from `begin` to the first end, and each behind the end before it.
struct CellPlaces {
    const char* text = nullptr;
    std::size_t begin = 0;
    const std::uint32_t* ends = nullptr;
    char quote = '"';  ///< what may stand around a cell; '\0' for nothing
};

/// Writes the fields of a record that is ASCII without NUL; gives the end of what it wrote, or
/// nullptr when a cell is not plain for its column. Eight bytes from any of the cells' may be read,
/// also behind the last one.
[[nodiscard]] char* encode_plain(
    std::span<const PlainColumn> columns, const CellPlaces& places, char* into
);

}  // namespace reel::warehouse
