#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "connection.hpp"
#include "launch.hpp"
#include "reel/runner/client.hpp"

namespace reel::runner {

/// What a RunnerClient keeps for as long as coroutines of it are under way. Remembers each order
/// until the runner has confirmed it, so that a broken connection loses none.
class ClientSession final : public std::enable_shared_from_this<ClientSession> {
  public:
    ClientSession(
        const boost::asio::any_io_executor& io, RunnerOptions options, RunnerEvents events
    );

    boost::asio::awaitable<core::Result<RunnerInventory>> attach();
    void start(ProcessSpec spec);
    void cancel(core::AttemptId attempt);
    void acknowledge(core::AttemptId attempt);
    boost::asio::awaitable<void> detach(bool end_when_idle);
    /// The owner is gone: no event may reach it any more.
    void close();

  private:
    using ConnectionPtr = std::shared_ptr<Connection>;
    using SteadyTime = std::chrono::steady_clock::time_point;

    boost::asio::awaitable<core::Result<ConnectionPtr>> connect();
    boost::asio::awaitable<core::Result<RunnerInventory>> handshake(ConnectionPtr connection);
    boost::asio::awaitable<core::Result<RunnerInventory>> connect_or_start();
    core::Error no_answer(const core::Error& last);
    void adopt(RunnerInventory& inventory);
    void resend();
    void refuse(core::AttemptId attempt);
    void follow();
    boost::asio::awaitable<void> read_all();
    boost::asio::awaitable<bool> reconnect();
    void receive(const Message& message);
    void receive_exit(const ProcessExit& exit);
    void lose(const std::string& reason);
    void watch_runner();

    boost::asio::any_io_executor io_;
    RunnerOptions options_;
    RunnerEvents events_;
    ConnectionPtr connection_;  ///< null: not attached
    std::optional<LaunchedRunner> runner_;
    boost::asio::posix::stream_descriptor runner_end_;
    bool closing_ = false;  ///< the break of the connection is our own doing

    std::map<core::AttemptId, ProcessSpec> unconfirmed_starts_;
    std::set<core::AttemptId> unconfirmed_cancels_;
    std::set<core::AttemptId> unconfirmed_acknowledgements_;
    std::set<core::AttemptId> running_;   ///< their start was reported
    std::set<core::AttemptId> reported_;  ///< their exit was reported, not acknowledged yet
};

}  // namespace reel::runner
