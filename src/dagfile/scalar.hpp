#pragma once

#include <string_view>

#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// What a scalar without quotes means: YAML 1.2's core schema, with two differences on the safe
/// side. A number with zeros in front (a postcode) and one that fits no 64-bit integer stay text.
[[nodiscard]] NodeKind resolve_plain_scalar(std::string_view text);

}  // namespace reel::dagfile
