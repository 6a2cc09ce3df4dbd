#pragma once

#include <string>
#include <string_view>

namespace reel::api {

/// What the two texts of a comparison are called.
struct DiffNames {
    std::string from;
    std::string to;
};

/// A unified diff with three lines around each change; "" for equal texts.
[[nodiscard]] std::string unified_diff(
    std::string_view from, std::string_view to, const DiffNames& names
);

}  // namespace reel::api
