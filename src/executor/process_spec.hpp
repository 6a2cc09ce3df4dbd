#pragma once

#include "environment.hpp"
#include "reel/executor/process_executor.hpp"
#include "reel/runner/protocol.hpp"
#include "secrets.hpp"

namespace reel::executor {

/// Everything the runner needs to carry out one attempt: arguments rendered, connections and staged
/// tables resolved. Secrets are in `input` alone and made known to `mask`. An error is the
/// attempt's failure. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<runner::ProcessSpec> prepare_process(
    const scheduler::AttemptOrder& order,
    store::RunStore& store,
    const ExecutorOptions& options,
    const InheritedEnvironment& inherited,
    SecretMask& mask
);

}  // namespace reel::executor
