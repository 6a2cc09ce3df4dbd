#pragma once

#include "reel/core/ascii.hpp"

namespace reel::warehouse {

using core::equals_ignoring_case;
using core::hex_value;
using core::is_blank;
using core::is_digit;
using core::to_lower;
using core::trim;

}  // namespace reel::warehouse
