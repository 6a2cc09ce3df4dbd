#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "connection.hpp"
#include "launch.hpp"
#include "reel/runner/client.hpp"

namespace reel::runner {

/// A connection over which both ends have said hello, and what the runner held then.
struct Attached {
    std::shared_ptr<Connection> connection;
    core::Duration lease{};
    RunnerInventory inventory;
};

/// Finds the runner of a folder, or starts it.
class RunnerLink final {
  public:
    RunnerLink(const boost::asio::any_io_executor& io, RunnerOptions options);

    /// Only a runner that is there.
    boost::asio::awaitable<core::Result<Attached>> connect();
    /// Starts one when none answers, and waits until it does.
    boost::asio::awaitable<core::Result<Attached>> connect_or_start();
    /// A runner that we started is no longer waited for; nothing keeps the loop busy.
    void release();

  private:
    boost::asio::awaitable<core::Result<Attached>> shake_hands(
        std::shared_ptr<Connection> connection
    );
    boost::asio::awaitable<core::Result<std::shared_ptr<Connection>>> open();
    boost::asio::awaitable<void> let_finish(int protocol);
    [[nodiscard]] core::Result<void> prepare_folder() const;
    core::Error no_answer(const core::Error& last);
    void reap_at_end();

    boost::asio::any_io_executor io_;
    RunnerOptions options_;
    bool has_let_finish_ = false;
    /// Shared with the handler that reaps it, which may outlive us.
    std::shared_ptr<LaunchedRunner> launched_;
    boost::asio::posix::stream_descriptor end_of_launched_;
};

/// Closes a connection that is not done in time.
class CloseAfter final {
  public:
    CloseAfter(std::shared_ptr<Connection> connection, std::chrono::seconds limit);

  private:
    boost::asio::steady_timer timer_;
};

}  // namespace reel::runner
