#pragma once

#include <string>

#include "diagnostics.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// What dag-factory's short forms stand for: `__join__` (the text of all its items) and
/// {__type__: builtins.list, items: …} (the list itself). Other values stay as they are.
[[nodiscard]] Node carry_out_object(Node node, Diagnostics& diagnostics);

/// The same for a list under one of dag-factory's tags: !join, !and, !or. Any other tag is a
/// diagnostic.
[[nodiscard]] Node carry_out_tag(Node list, const std::string& tag, Diagnostics& diagnostics);

}  // namespace reel::dagfile
