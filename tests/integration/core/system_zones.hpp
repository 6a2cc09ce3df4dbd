#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace reel::core {

/// Minutes since 1970, of UTC or of a wall.
using Minute = std::int64_t;

/// From `begin` on (UTC) the wall is `east` minutes ahead.
struct OffsetFrom {
    Minute begin = 0;
    Minute east = 0;
    auto operator<=>(const OffsetFrom&) const = default;
};
using Offsets = std::vector<OffsetFrom>;

/// Every time zone whose file lies in the system's database, by what its clocks do from `begin` to
/// `end`, as the C library tells it: the names of those that do the same.
[[nodiscard]] std::map<Offsets, std::vector<std::string>> zones_by_offsets(
    Minute begin, Minute end
);

}  // namespace reel::core
