#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::warehouse {

enum class BaseType {
    smallint,
    integer,
    bigint,
    numeric,
    real,
    double_precision,
    text,
    varchar,
    character,
    boolean,
    date,
    time,
    timestamp,
    timestamptz,
    uuid,
    json,
    jsonb,
    bytea,
};

/// The type of a warehouse column.
struct ColumnType {
    BaseType base = BaseType::text;
    std::optional<int> length =
        std::nullopt;  ///< of varchar and character, in characters; none = no limit
    std::optional<int> precision = std::nullopt;  ///< of numeric; none = any number of digits
    int scale = 0;                                ///< of numeric with a precision

    /// Canonical name: "double precision", "varchar(20)", "numeric(2,1)", "timestamptz".
    [[nodiscard]] std::string sql() const;
    [[nodiscard]] std::uint32_t oid() const;
    bool operator==(const ColumnType&) const = default;
};

/// Postgres' names and aliases in any case: int4, decimal(10, 2), character varying(20), timestamp
/// with time zone … Unknown ones come with the nearest known one.
[[nodiscard]] core::Result<ColumnType> parse_column_type(std::string_view text);

}  // namespace reel::warehouse
