#pragma once

#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "warehouse/types/column_type.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {

/// Whether the format (not empty) can give values of the type.
[[nodiscard]] core::Result<void> check_temporal_format(
    const ColumnType& type, std::string_view format
);

/// Appends a date, time, timestamp or timestamptz without a length before it.
[[nodiscard]] Encoded append_temporal(
    const ColumnType& type, std::string_view format, std::string_view text, std::string& out
);

[[nodiscard]] constexpr bool is_temporal(BaseType base) {
    return base == BaseType::date || base == BaseType::time || base == BaseType::timestamp ||
           base == BaseType::timestamptz;
}

}  // namespace reel::warehouse
