#pragma once

#include <string_view>

namespace reel::warehouse {

/// Makes the tables of the quarantine and the view that people read, of whatever is there of an
/// earlier version. Part of the schema's script.
extern const std::string_view create_quarantine;

}  // namespace reel::warehouse
