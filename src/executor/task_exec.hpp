#pragma once

#include <functional>
#include <string>

#include "reel/core/time.hpp"
#include "reel/fetch/download.hpp"
#include "reel/warehouse/operations.hpp"
#include "task_spec.hpp"

namespace reel::executor {

/// The work itself, so that tests can stand in for it.
struct Operations {
    using WarehouseOperation = std::function<
        core::Result<core::JsonText>(const core::JsonText&, const warehouse::OperationContext&)>;
    WarehouseOperation stage;
    WarehouseOperation upsert;
    WarehouseOperation quality;
    WarehouseOperation run_sql;
    std::function<core::Result<
        fetch::
            DownloadReport>(const fetch::DownloadRequest&, const fetch::LogLine&, const fetch::OnProgress&)>
        download;
};

[[nodiscard]] Operations real_operations();

struct TaskExecution {
    int exit_status = 0;
    TaskReport report;
};

/// Runs one specification. `write` gets whole log lines without secrets.
[[nodiscard]] TaskExecution execute_task(
    const std::string& specification,
    const Operations& operations,
    const core::Clock& clock,
    const std::function<void(const std::string&)>& write
);

/// True where no later try can end otherwise: bad arguments, data that breaks the task's rules.
[[nodiscard]] bool is_final(const std::string& operator_name, core::Errc code);

}  // namespace reel::executor
