#include "server.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <utility>

#include "note.hpp"
#include "reel/runner/footprint.hpp"
#include "socket_address.hpp"

namespace reel::runner {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_output_in_queue = std::size_t{64} << 10U;
constexpr auto settling_time = std::chrono::seconds(1);

}  // namespace

Server::Server(asio::io_context& io, const RunnerOptions& options)
    : io_(io),
      options_(options),
      supervisor_(
          io.get_executor(),
          {.journal = options.directory / "journal", .work = options.directory / "work"},
          options.fork_shells,
          {.on_start =
               [this](const ProcessStart& start) {
                   if (worker_) worker_->send(Started{start});
               },
           .on_exit =
               [this](const ProcessExit& exit) {
                   if (worker_) report_at_once(exit);
                   end_if_idle();
               }}
      ),
      acceptor_(io),
      accept_pause_(io),
      lease_(io),
      settled_(io),
      signals_(io, SIGTERM) {}

core::Result<void> Server::open() {
    supervisor_.recover();
    auto address = SocketAddress::of_directory(options_.directory);
    if (!address) return std::unexpected(std::move(address.error()));
    std::error_code ignored;
    fs::remove(socket_path(options_.directory), ignored);
    boost::system::error_code error;
    acceptor_.open(address->endpoint().protocol(), error);
    const mode_t mask = ::umask(0177);
    if (!error) acceptor_.bind(address->endpoint(), error);
    ::umask(mask);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        return core::fail(
            core::Errc::unavailable,
            "cannot listen on " + socket_path(options_.directory).string() + ": " + error.message()
        );
    }
    return {};
}

void Server::run() {
    watch_signals();
    heard_at_ = std::chrono::steady_clock::now();
    watch_lease();
    accept_next();
    io_.run();
    supervisor_.sync_journal();
    std::error_code ignored;
    fs::remove(socket_path(options_.directory), ignored);
}

void Server::accept_next() {
    acceptor_.async_accept([this](const boost::system::error_code& error, Socket socket) {
        if (error == asio::error::operation_aborted) return;
        if (!error) {
            serve(std::move(socket));
            accept_next();
            return;
        }
        note("cannot accept a worker: " + error.message());
        accept_pause_.expires_after(std::chrono::milliseconds(200));
        accept_pause_.async_wait([this](const boost::system::error_code&) { accept_next(); });
    });
}

void Server::serve(Socket socket) {
    auto connection = std::make_shared<Connection>(std::move(socket));
    asio::co_spawn(
        io_,
        [this, connection]() -> asio::awaitable<void> { co_await converse(connection); },
        [this, connection](const std::exception_ptr& failure) {
            if (failure) note("a conversation with a worker failed");
            connection->close();
            leave(connection);
        }
    );
}

asio::awaitable<void> Server::converse(ConnectionPtr connection) {
    while (true) {
        auto message = co_await connection->receive();
        if (!message) {
            if (message.error().code != core::Errc::unavailable) note(message.error().describe());
            co_return;
        }
        if (!obey(connection, *std::move(message))) {
            co_await connection->flush();
            co_return;
        }
    }
}

bool Server::obey(const ConnectionPtr& connection, Message message) {
    if (const auto* const hello = std::get_if<Hello>(&message)) {
        welcome(connection, *hello);
        return hello->protocol == protocol_version;
    }
    // Only the worker that owns the runner is obeyed; a replaced one may still have words under
    // way.
    if (connection != worker_) return false;
    heard_at_ = std::chrono::steady_clock::now();
    if (auto* const expected = std::get_if<Expect>(&message)) {
        if (!ending_) supervisor_.expect(*expected);
    } else if (auto* const common = std::get_if<CommonEnvironment>(&message)) {
        common_environment_ =
            std::make_shared<const std::vector<std::string>>(std::move(common->variables));
    } else if (auto* const start = std::get_if<Start>(&message)) {
        // A worker that says the one without the other says all once more.
        if (start->has_common_environment && !common_environment_) return false;
        if (start->has_common_environment) start->spec.common_environment = common_environment_;
        // What comes while the runner ends is left to the next one.
        if (!ending_) supervisor_.start(start->spec);
    } else if (const auto* const cancel = std::get_if<Cancel>(&message)) {
        supervisor_.stop(cancel->attempt, ProcessEnd::cancelled, "it was cancelled");
    } else if (const auto* const known = std::get_if<Acknowledge>(&message)) {
        supervisor_.acknowledge(known->attempt);
        connection->send(Forgotten{known->attempt});
        end_if_idle();
    } else if (const auto* const detach = std::get_if<Detach>(&message)) {
        end_when_idle_ = detach->end_when_idle;
        return false;
    }
    return true;
}

void Server::welcome(const ConnectionPtr& connection, const Hello& hello) {
    if (hello.protocol != protocol_version) {
        connection->send(Refused{
            .reason = fmt::format(
                "the runner speaks protocol {}, the worker {}", protocol_version, hello.protocol
            )
        });
        return;
    }
    if (worker_ && worker_ != connection) worker_->send(Replaced{});
    supervisor_.expect_nothing();
    common_environment_.reset();
    worker_ = connection;
    end_when_idle_ = false;
    heard_at_ = std::chrono::steady_clock::now();
    const auto ended = supervisor_.ended();
    connection->send(Welcome{
        .pid = ::getpid(),
        .lease = options_.lease,
        .running = supervisor_.running(),
        .ended = ended.size()
    });
    for (const core::AttemptId attempt : ended) report_exit(attempt, connection);
    let_go_soon();
}

/// Once the worker has what it came for, most of the code is of no use until there are tasks.
void Server::let_go_soon() {
    settled_.expires_after(settling_time);
    settled_.async_wait([](const boost::system::error_code& error) {
        if (!error) let_go_of_start();
    });
}

/// Straight from memory, unless it is large: then it waits in the journal for its turn.
void Server::report_at_once(const ProcessExit& exit) {
    if (exit.output.size() > max_output_in_queue) return report_exit(exit.attempt, worker_);
    worker_->send(Exited{exit});
}

void Server::report_exit(core::AttemptId attempt, const ConnectionPtr& to) {
    to->send_later([this, attempt]() -> std::string {
        auto exit = supervisor_.find_exit(attempt);
        // Acknowledged while it stood in the queue, which only a confused worker does. It still
        // counts on as many exits as it was promised.
        if (!exit) exit = ProcessExit{.attempt = attempt, .end = ProcessEnd::abandoned};
        return make_frame(encode(Exited{std::move(*exit)}));
    });
}

void Server::leave(const ConnectionPtr& connection) {
    if (connection != worker_) return;
    // The lease goes on from its last word: one that woke up too late only hangs up.
    worker_ = nullptr;
    end_if_idle();
}

/// To set the timer anew at each word would cost more than most of them.
void Server::watch_lease() {
    lease_.expires_at(heard_at_ + options_.lease);
    lease_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (heard_at_ + options_.lease > std::chrono::steady_clock::now()) return watch_lease();
        const std::chrono::duration<double> lease = options_.lease;
        end_all(fmt::format(
            "{} within {:g} s",
            worker_ ? "the worker did not let the runner hear of it"
                    : "no worker came back to the runner",
            lease.count()
        ));
    });
}

void Server::watch_signals() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) return;
        end_all("the runner was told to end (SIGTERM)");
        watch_signals();
    });
}

void Server::end_all(const std::string& reason) {
    note(reason);
    ending_ = true;
    supervisor_.stop_all(ProcessEnd::abandoned, reason);
    end_if_idle();
}

void Server::end_if_idle() {
    if (!supervisor_.runs_nothing()) return;
    const bool settled = !worker_ || supervisor_.holds_nothing();
    if (ending_ || (end_when_idle_ && settled)) io_.stop();
}

}  // namespace reel::runner
