#pragma once

#include <string>
#include <string_view>

#include "warehouse/types/column_type.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {

/// Appends Postgres' binary numeric (without a length before it): a decimal text of any form, or
/// NaN. Rounds to the type's scale, half away from zero, as Postgres does. When it fails, `out` is
/// as it was.
[[nodiscard]] Encoded append_numeric(
    std::string_view text, const ColumnType& type, std::string& out
);

}  // namespace reel::warehouse
