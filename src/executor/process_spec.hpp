#pragma once

#include "reel/executor/process_executor.hpp"
#include "reel/runner/protocol.hpp"
#include "secrets.hpp"

namespace reel::executor {

/// The folder of one run's files.
[[nodiscard]] std::filesystem::path run_data_directory(
    const std::filesystem::path& data, const core::DagId& dag_id, const core::RunId& run_id
);

/// Everything the runner needs to carry out one attempt: arguments rendered, connections and staged
/// tables resolved. Secrets are in `input` alone and made known to `mask`. An error is the
/// attempt's failure. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<runner::ProcessSpec> prepare_process(
    const scheduler::AttemptOrder& order,
    store::RunStore& store,
    const ExecutorOptions& options,
    SecretMask& mask
);

}  // namespace reel::executor
