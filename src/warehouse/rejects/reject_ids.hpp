#pragma once

#include <cstdint>

namespace reel::warehouse {

/// What people call a quarantined record is the number of its batch with its place behind it, from
/// 1: 12000042. The view reel.quarantine reckons the same.
inline constexpr std::int32_t ids_of_batch = 1'000'000;
inline constexpr std::int32_t most_of_batch = ids_of_batch - 1;

}  // namespace reel::warehouse
