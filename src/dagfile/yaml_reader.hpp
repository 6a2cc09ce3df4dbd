#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diagnostics.hpp"
#include "node.hpp"

namespace reel::dagfile {

/// Reads one YAML document. Syntax errors give nothing and one diagnostic; duplicate keys, keys
/// that are no text, unknown tags and too many values are diagnostics beside the tree.
[[nodiscard]] std::optional<Node> read_yaml(
    std::string_view text, const std::string& file, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
