#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "connection.hpp"
#include "reel/runner/client.hpp"
#include "supervisor.hpp"

namespace reel::runner {

/// Serves one worker at a time: the newest that said hello. The folder's lock is held by the
/// caller.
class Server final {
  public:
    Server(boost::asio::io_context& io, const RunnerOptions& options);

    /// Takes over the journal, then listens.
    core::Result<void> open();
    /// Returns when the runner's work is over.
    void run();

  private:
    using Socket = boost::asio::local::stream_protocol::socket;
    using ConnectionPtr = std::shared_ptr<Connection>;

    void accept_next();
    void serve(Socket socket);
    boost::asio::awaitable<void> converse(ConnectionPtr connection);
    bool obey(const ConnectionPtr& connection, Message message);
    void welcome(const ConnectionPtr& connection, const Hello& hello);
    void leave(const ConnectionPtr& connection);
    void let_go_soon();
    void watch_lease();
    void watch_signals();
    void end_all(const std::string& reason);
    void end_if_idle();
    void report_at_once(const ProcessExit& exit);
    void report_exit(core::AttemptId attempt, const ConnectionPtr& to);

    boost::asio::io_context& io_;
    RunnerOptions options_;
    Supervisor supervisor_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    boost::asio::steady_timer accept_pause_;
    boost::asio::steady_timer lease_;
    std::chrono::steady_clock::time_point heard_at_;  ///< the last word of a worker
    boost::asio::steady_timer settled_;
    boost::asio::signal_set signals_;
    ConnectionPtr worker_;  ///< null: none is connected
    std::shared_ptr<const std::vector<std::string>> common_environment_;  ///< the worker's
    bool end_when_idle_ = false;
    bool ending_ = false;  ///< ends once its processes have, whoever is connected
};

}  // namespace reel::runner
