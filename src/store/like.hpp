#pragma once

#include <string_view>

namespace reel::store {

/// SQL's LIKE: '%' any text, '_' any one character (byte here), '\' takes the next as it is.
[[nodiscard]] bool is_like(std::string_view text, std::string_view pattern);

}  // namespace reel::store
