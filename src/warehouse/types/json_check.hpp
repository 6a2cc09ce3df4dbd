#pragma once

#include <string_view>

#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {

/// Whether Postgres takes the text as json or, which is less, as jsonb: that stores strings without
/// NUL and numbers as numeric.
[[nodiscard]] Encoded check_json(std::string_view text, bool binary);

}  // namespace reel::warehouse
