#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "connection.hpp"
#include "order_book.hpp"
#include "reel/runner/client.hpp"
#include "runner_link.hpp"

namespace reel::runner {

/// What a RunnerClient keeps for as long as coroutines of it are under way.
class ClientSession final : public std::enable_shared_from_this<ClientSession> {
  public:
    ClientSession(
        const boost::asio::any_io_executor& io, RunnerOptions options, RunnerEvents events
    );

    boost::asio::awaitable<core::Result<RunnerInventory>> attach();
    void expect(const ProcessSpec& spec);
    void start(ProcessSpec spec);
    void cancel(core::AttemptId attempt);
    void acknowledge(core::AttemptId attempt);
    boost::asio::awaitable<void> detach(bool end_when_idle);
    /// The owner is gone: no event may reach it any more.
    void close();

  private:
    void use(const Attached& attached);
    void send(const Message& message);
    void announce_environment(const Start& start);
    void resend();
    void refuse(core::AttemptId attempt);
    void follow();
    boost::asio::awaitable<void> read_all();
    boost::asio::awaitable<bool> reconnect();
    void receive(const Message& message);
    void tell_start(const ProcessStart& start) const;
    void tell_exit(const ProcessExit& exit) const;
    void lose(const std::string& reason);

    boost::asio::any_io_executor io_;
    std::function<bool()> may_hold_;
    RunnerEvents events_;
    RunnerLink link_;
    OrderBook orders_;
    std::shared_ptr<Connection> connection_;  ///< null: not attached
    /// What the runner has heard last on this connection.
    std::shared_ptr<const std::vector<std::string>> announced_environment_;
    bool closing_ = false;  ///< the break of the connection is our own doing
};

}  // namespace reel::runner
