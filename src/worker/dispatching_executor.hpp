#pragma once

#include "dispatcher.hpp"
#include "reel/worker/dispatching_executor.hpp"

namespace reel::worker {

/// The executor over parts of the caller's choice.
[[nodiscard]] std::unique_ptr<executor::ProcessExecutor> make_dispatching_executor(
    const boost::asio::any_io_executor& executor, async::BlockingPool& pool, DispatcherParts parts
);

}  // namespace reel::worker
