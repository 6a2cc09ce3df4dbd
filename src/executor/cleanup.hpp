#pragma once

#include <functional>

#include "reel/executor/process_executor.hpp"

namespace reel::executor {

/// Stands for warehouse::drop_staged.
using DropStaged = std::function<core::Result<int>(
    const std::string& uri, const core::DagId&, const core::RunId&, core::Duration
)>;

/// Removes what a run that succeeded leaves behind: its staging tables and its data folder. A run
/// that failed keeps both, for people to look at. Nothing depends on it, so trouble is only logged.
/// Blocking, never throws.
void clean_up_run(
    const store::RunRecord& run,
    const std::shared_ptr<const core::Dag>& dag,
    store::RunStore& store,
    const ExecutorOptions& options,
    const DropStaged& drop_staged
);

}  // namespace reel::executor
