#pragma once

#include <string>

#include "warehouse/literal/value.hpp"

namespace reel::warehouse::literal {

/// Decimal digits, perhaps after a minus: int64 where it fits, else their text.
[[nodiscard]] Value make_integer(std::string text);

/// A decimal number in JSON's form: double where that holds it without loss, else its text.
[[nodiscard]] Value make_decimal(std::string text);

}  // namespace reel::warehouse::literal
