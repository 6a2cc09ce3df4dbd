#pragma once

#include <string_view>

#include "json.hpp"

namespace reel::executor {

/// What counts as false in Python, and the words that templates make of it.
[[nodiscard]] bool is_false(const Json& value);

/// A cell of a query's answer, as text: false are '', '0' and any other zero, 'f' and 'false'.
[[nodiscard]] bool is_true_cell(std::string_view cell);

}  // namespace reel::executor
