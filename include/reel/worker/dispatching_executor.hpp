#pragma once

#include <memory>
#include <string>

#include "reel/executor/process_executor.hpp"
#include "reel/store/dispatch_store.hpp"

namespace reel::worker {

/// Carries attempts out through workers: what is started is offered to them by its queue, what they
/// report is told. `local` has what needs no process, and cleans up after runs. `database_uri` is
/// listened to; empty: only looked at now and then. `pool` outlives it.
[[nodiscard]] std::unique_ptr<executor::ProcessExecutor> make_dispatching_executor(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    std::unique_ptr<store::DispatchStore> store,
    std::unique_ptr<executor::ProcessExecutor> local,
    const std::string& database_uri
);

}  // namespace reel::worker
