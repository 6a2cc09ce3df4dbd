#pragma once

#include <map>
#include <string>

#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// The tables that a stage task will have staged, as an upsert wants to know them.
[[nodiscard]] std::map<std::string, StagedTable> planned_tables(
    const StageSpec& spec, const std::string& stage_task, const LoadIdentity& identity
);

}  // namespace reel::warehouse
