#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "reel/postgres/link.hpp"

namespace reel::warehouse {

/// Does the work for each of `count` things, over whichever connection is free, each in a thread of
/// its own. Waits for all; throws what the first of them threw that failed.
void share_work(
    const std::vector<postgres::Link*>& links,
    std::size_t count,
    const std::function<void(postgres::Link& link, std::size_t thing)>& work
);

}  // namespace reel::warehouse
