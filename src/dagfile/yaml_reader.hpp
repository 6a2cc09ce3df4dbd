#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diagnostics.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// An alias costs a few bytes in the file and a whole subtree here.
inline constexpr std::size_t most_aliased_values = 100'000;

/// Reads one YAML document. Syntax errors give nothing and one diagnostic; duplicate keys, keys
/// that are no text and unknown tags are diagnostics beside the tree. A value takes a
/// byte at least; more values than bytes, and `most_aliased` beyond, give nothing.
[[nodiscard]] std::optional<Node> read_yaml(
    std::string_view text,
    const std::string& file,
    Diagnostics& diagnostics,
    std::size_t most_aliased = most_aliased_values
);

}  // namespace reel::dagfile
