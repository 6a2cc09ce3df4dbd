#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diagnostics.hpp"
#include "node.hpp"

namespace reel::dagfile {

/// An alias costs a few bytes in the file and a whole subtree here.
inline constexpr std::size_t most_yaml_nodes = 100'000;

/// Reads one YAML document. Syntax errors give nothing and one diagnostic; duplicate keys, keys
/// that are no text and unknown tags are diagnostics beside the tree. More than `most_nodes` values
/// give nothing.
[[nodiscard]] std::optional<Node> read_yaml(
    std::string_view text,
    const std::string& file,
    Diagnostics& diagnostics,
    std::size_t most_nodes = most_yaml_nodes
);

}  // namespace reel::dagfile
