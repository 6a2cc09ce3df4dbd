#pragma once

#include "attempts.hpp"

namespace reel::executor {

/// The executor over ports of the caller's choice.
[[nodiscard]] std::unique_ptr<ProcessExecutor> make_process_executor(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    ExecutorOptions options,
    ExecutorPorts ports
);

}  // namespace reel::executor
