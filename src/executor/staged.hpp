#pragma once

#include <map>
#include <optional>
#include <string>

#include "json.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"
#include "reel/warehouse/operations.hpp"

namespace reel::executor {

/// "task.table": the table's name is what follows the last dot, for task ids may hold dots.
struct StagedReference {
    std::string task_id;
    std::string table;
};
[[nodiscard]] std::optional<StagedReference> parse_staged_reference(const std::string& text);

using StagedTables = std::map<std::string, warehouse::StagedTable>;

/// The tables that one task of the run staged, by "task.table", from the report that it pushed.
/// Empty when it has pushed none. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<StagedTables> staged_by_task(
    const core::TaskKey& of_run, const std::string& task_id, store::RunStore& store
);

/// One staged table; an error that names task and table when there is none.
[[nodiscard]] core::Result<warehouse::StagedTable> find_staged(
    const core::TaskKey& of_run, const std::string& reference, store::RunStore& store
);

/// Every table that the arguments of an `upsert` or `quality` task may mean: all that the DAG's
/// stage tasks have pushed in this run. What the arguments name for certain must be among them. A
/// table that no other task of the DAG names has one reader.
[[nodiscard]] core::Result<StagedTables> staged_for_task(
    const scheduler::AttemptOrder& order, const Json& args, store::RunStore& store
);

}  // namespace reel::executor
