#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "reel/warehouse/load.hpp"

namespace reel::warehouse {

/// Says of the staged table that an upsert of the plan publishes whether a later one needs it, too.
void mark_last_reader(
    const LoadPlan& plan, std::size_t upsert, std::map<std::string, StagedTable>& staged
);

}  // namespace reel::warehouse
