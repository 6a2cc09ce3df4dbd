#pragma once

#include <cstddef>
#include <functional>

namespace reel::async {

/// Calls `work` with each of 0 to count - 1, from as many threads as there are cores, where each of
/// them has at least `least_of_a_thread` to do. Returns when all is done; what `work` throws is
/// thrown on.
void for_each_at_once(
    std::size_t count, std::size_t least_of_a_thread, const std::function<void(std::size_t)>& work
);

}  // namespace reel::async
