#pragma once

#include <string_view>

#include "reel/core/result.hpp"
#include "warehouse/literal/value.hpp"

namespace reel::warehouse::literal {

/// Containers within containers; deeper text is an error, so that no input can exhaust the stack.
inline constexpr int max_depth = 200;

/// What Python's ast.literal_eval reads: strings with all prefixes, escapes and implicit
/// concatenation, bytes, numbers, True, False, None, lists, tuples, sets, dicts; also bare nan and
/// inf, which repr() prints. Errors are "byte N: reason".
[[nodiscard]] core::Result<Value> parse_python_literal(std::string_view text);

/// RFC 8259, UTF-8; of a repeated key the last value counts. Errors are "byte N: reason".
[[nodiscard]] core::Result<Value> parse_json(std::string_view text);

/// For a column that holds either: JSON if it is JSON, else a Python literal. When it is neither,
/// the error is of the one that fits further.
[[nodiscard]] core::Result<Value> parse_list_column(std::string_view text);

}  // namespace reel::warehouse::literal
