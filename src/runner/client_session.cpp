#include "client_session.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "socket_address.hpp"
#include "supervised_process.hpp"

namespace reel::runner {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// A starting runner first ends what a killed predecessor left, which takes seconds at most.
constexpr auto start_patience = 20s;
constexpr auto handshake_patience = 10s;
constexpr auto detach_patience = 5s;
/// Without a message in between; more mean that one of us says what the other cannot bear.
constexpr int max_futile_reconnects = 3;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

/// Bounds what is awaited of a connection while it lives.
class CloseAfter final {
  public:
    CloseAfter(
        std::shared_ptr<Connection> connection,
        const asio::any_io_executor& io,
        std::chrono::seconds limit
    )
        : timer_(io, limit) {
        timer_.async_wait([held = std::move(connection)](const boost::system::error_code& error) {
            if (!error) held->close();
        });
    }

  private:
    asio::steady_timer timer_;
};

}  // namespace

ClientSession::ClientSession(
    const asio::any_io_executor& io, RunnerOptions options, RunnerEvents events
)
    : io_(io), options_(std::move(options)), events_(std::move(events)), runner_end_(io) {}

asio::awaitable<core::Result<ClientSession::ConnectionPtr>> ClientSession::connect() {
    const auto address = SocketAddress::of_directory(options_.directory);
    if (!address) co_return std::unexpected(address.error());
    asio::local::stream_protocol::socket socket(io_);
    const auto [error] =
        co_await socket.async_connect(address->endpoint(), asio::as_tuple(asio::use_awaitable));
    if (error) {
        co_return core::fail(
            core::Errc::unavailable,
            "no runner answers on " + socket_path(options_.directory).string() + ": " +
                error.message()
        );
    }
    co_return std::make_shared<Connection>(std::move(socket));
}

asio::awaitable<core::Result<RunnerInventory>> ClientSession::handshake(ConnectionPtr connection) {
    const CloseAfter deadline(connection, io_, handshake_patience);
    connection->send(Hello{});
    auto first = co_await connection->receive();
    if (!first) co_return std::unexpected(std::move(first.error()));
    if (const auto* const refused = std::get_if<Refused>(&*first)) {
        co_return core::fail(
            core::Errc::conflict,
            refused->reason,
            "it is of another version of reel; it ends by itself once its tasks have ended and no "
            "worker holds it"
        );
    }
    auto* const welcome = std::get_if<Welcome>(&*first);
    if (welcome == nullptr) {
        co_return core::fail(core::Errc::corrupt_data, "the runner did not say welcome");
    }
    RunnerInventory inventory{.running = std::move(welcome->running), .ended = {}};
    while (inventory.ended.size() < welcome->ended) {
        auto next = co_await connection->receive();
        if (!next) co_return std::unexpected(std::move(next.error()));
        if (auto* const exited = std::get_if<Exited>(&*next)) {
            inventory.ended.push_back(std::move(exited->exit));
        } else if (!std::holds_alternative<Started>(*next)) {
            co_return core::fail(core::Errc::corrupt_data, "the runner's journal was cut short");
        }
    }
    connection_ = std::move(connection);
    co_return inventory;
}

core::Error ClientSession::no_answer(const core::Error& last) {
    std::string message = last.message;
    if (const auto status = runner_ ? runner_->poll_exit() : std::nullopt) {
        message = fmt::format(
            "the runner ended with {} {}: {}",
            WIFSIGNALED(*status) ? "signal" : "status",
            WIFSIGNALED(*status) ? WTERMSIG(*status) : WEXITSTATUS(*status),
            last_words(options_.directory)
        );
    }
    return core::Error{
        .code = last.code,
        .message = std::move(message),
        .where = {},
        .hint = "see " + (options_.directory / "runner.log").string()
    };
}

asio::awaitable<core::Result<RunnerInventory>> ClientSession::connect_or_start() {
    const SteadyTime until = std::chrono::steady_clock::now() + start_patience;
    bool started = false;
    bool ended = false;
    for (auto wait = 2ms;; wait = std::min(wait * 2, 100ms)) {
        core::Error last;
        if (auto connection = co_await connect()) {
            auto inventory = co_await handshake(*connection);
            if (inventory || inventory.error().code == core::Errc::conflict) co_return inventory;
            last = std::move(inventory.error());
        } else {
            last = std::move(connection.error());
        }
        if (ended || std::chrono::steady_clock::now() >= until) {
            co_return std::unexpected(no_answer(last));
        }
        if (!started) {
            auto runner = LaunchedRunner::launch(options_);
            if (!runner) co_return std::unexpected(std::move(runner.error()));
            runner_ = std::move(*runner);
            started = true;
        }
        // It may have lost a race against another one, which then answers: one more look.
        ended = runner_->poll_exit().has_value();
        co_await pause(wait);
    }
}

asio::awaitable<core::Result<RunnerInventory>> ClientSession::attach() {
    const auto self = shared_from_this();
    closing_ = false;
    if (connection_) std::exchange(connection_, nullptr)->close();
    std::error_code error;
    std::filesystem::create_directories(options_.directory, error);
    std::filesystem::permissions(options_.directory, std::filesystem::perms::owner_all, error);
    if (error) {
        co_return core::fail(
            core::Errc::unavailable,
            "cannot make the runner's folder " + options_.directory.string() + ": " +
                error.message()
        );
    }
    auto inventory = co_await connect_or_start();
    if (!inventory) co_return inventory;
    running_.clear();
    watch_runner();
    adopt(*inventory);
    resend();
    follow();
    co_return inventory;
}

void ClientSession::watch_runner() {
    if (!runner_ || runner_end_.is_open() || runner_->poll_exit()) return;
    const int copy = ::fcntl(runner_->pidfd(), F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return;
    runner_end_.assign(copy);
    runner_end_.async_wait(
        asio::posix::descriptor_base::wait_read,
        [self = shared_from_this()](const boost::system::error_code& error) {
            if (error) return;
            if (self->runner_) [[maybe_unused]]
                const auto status = self->runner_->poll_exit();
            self->runner_end_.close();
        }
    );
}

/// Takes over what the runner holds; leaves out ends that were acknowledged already.
void ClientSession::adopt(RunnerInventory& inventory) {
    for (const auto& start : inventory.running) {
        running_.insert(start.attempt);
        unconfirmed_starts_.erase(start.attempt);
    }
    std::erase_if(inventory.ended, [this](const ProcessExit& exit) {
        return unconfirmed_acknowledgements_.contains(exit.attempt);
    });
    for (const auto& exit : inventory.ended) {
        unconfirmed_starts_.erase(exit.attempt);
        running_.erase(exit.attempt);
    }
    std::erase_if(unconfirmed_cancels_, [this](core::AttemptId attempt) {
        return !running_.contains(attempt) && !unconfirmed_starts_.contains(attempt);
    });
}

/// Orders that may have been lost with the last connection. The runner ignores those it knows.
void ClientSession::resend() {
    for (const auto& [attempt, spec] : unconfirmed_starts_) connection_->send(Start{spec});
    for (const core::AttemptId attempt : unconfirmed_cancels_) connection_->send(Cancel{attempt});
    for (const core::AttemptId attempt : unconfirmed_acknowledgements_) {
        connection_->send(Acknowledge{attempt});
    }
}

void ClientSession::follow() {
    asio::co_spawn(
        io_,
        [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->read_all(); },
        [self = shared_from_this()](const std::exception_ptr& failure) {
            if (failure) self->lose("following the runner failed");
        }
    );
}

asio::awaitable<void> ClientSession::read_all() {
    int futile_reconnects = 0;
    while (true) {
        const ConnectionPtr connection = connection_;
        const auto message = co_await connection->receive();
        if (closing_ || connection != connection_) co_return;
        if (message && std::holds_alternative<Replaced>(*message)) {
            lose("another worker took over the runner");
            co_return;
        }
        if (message) {
            futile_reconnects = 0;
            receive(*message);
            continue;
        }
        if (++futile_reconnects > max_futile_reconnects) {
            lose("the runner keeps closing the connection");
            co_return;
        }
        if (!co_await reconnect()) co_return;
    }
}

asio::awaitable<bool> ClientSession::reconnect() {
    connection_->close();
    const auto fresh = co_await connect();
    if (closing_) co_return false;
    core::Result<RunnerInventory> inventory = std::unexpected(core::Error{});
    if (fresh) inventory = co_await handshake(*fresh);
    if (closing_) co_return false;
    if (!inventory) {
        lose((fresh ? inventory.error() : fresh.error()).message);
        co_return false;
    }
    const auto known = running_;
    adopt(*inventory);
    resend();
    for (const auto& start : inventory->running) {
        if (!known.contains(start.attempt) && events_.on_start) events_.on_start(start);
    }
    for (const auto& exit : inventory->ended) {
        if (!reported_.contains(exit.attempt)) receive_exit(exit);
    }
    co_return true;
}

void ClientSession::receive(const Message& message) {
    if (const auto* const started = std::get_if<Started>(&message)) {
        const core::AttemptId attempt = started->start.attempt;
        unconfirmed_starts_.erase(attempt);
        if (running_.insert(attempt).second && events_.on_start) events_.on_start(started->start);
    } else if (const auto* const exited = std::get_if<Exited>(&message)) {
        receive_exit(exited->exit);
    } else if (const auto* const forgotten = std::get_if<Forgotten>(&message)) {
        unconfirmed_acknowledgements_.erase(forgotten->attempt);
    }
}

void ClientSession::receive_exit(const ProcessExit& exit) {
    unconfirmed_starts_.erase(exit.attempt);
    unconfirmed_cancels_.erase(exit.attempt);
    running_.erase(exit.attempt);
    reported_.insert(exit.attempt);
    if (events_.on_exit) events_.on_exit(exit);
}

void ClientSession::lose(const std::string& reason) {
    if (connection_) std::exchange(connection_, nullptr)->close();
    if (!closing_ && events_.on_lost) events_.on_lost(reason);
}

void ClientSession::start(ProcessSpec spec) {
    const core::AttemptId attempt = spec.attempt;
    if (unconfirmed_starts_.contains(attempt)) return;
    Message order = Start{std::move(spec)};
    std::string frame = make_frame(encode(order));
    if (frame.size() > max_frame_bytes) {
        refuse(attempt);
        return;
    }
    unconfirmed_starts_.emplace(attempt, std::move(std::get<Start>(order).spec));
    if (connection_) connection_->send_later([frame = std::move(frame)] { return frame; });
}

/// The answer to a spec that no runner would read.
void ClientSession::refuse(core::AttemptId attempt) {
    ProcessExit exit{.attempt = attempt, .end = ProcessEnd::not_started};
    exit.started_at = exit.ended_at = wall_now();
    exit.message = "its input, arguments and environment take more than 64 MiB";
    asio::post(io_, [self = shared_from_this(), exit = std::move(exit)] {
        self->receive_exit(exit);
    });
}

void ClientSession::cancel(core::AttemptId attempt) {
    if (!running_.contains(attempt) && !unconfirmed_starts_.contains(attempt)) return;
    unconfirmed_cancels_.insert(attempt);
    if (connection_) connection_->send(Cancel{attempt});
}

void ClientSession::acknowledge(core::AttemptId attempt) {
    reported_.erase(attempt);
    unconfirmed_acknowledgements_.insert(attempt);
    if (connection_) connection_->send(Acknowledge{attempt});
}

asio::awaitable<void> ClientSession::detach(bool end_when_idle) {
    const auto self = shared_from_this();
    const ConnectionPtr connection = std::exchange(connection_, nullptr);
    closing_ = true;
    boost::system::error_code ignored;
    if (runner_end_.is_open()) runner_end_.close(ignored);
    if (!connection) co_return;
    const CloseAfter deadline(connection, io_, detach_patience);
    connection->send(Detach{end_when_idle});
    co_await connection->flush();
    connection->close();
}

void ClientSession::close() {
    events_ = {};
    closing_ = true;
    if (connection_) std::exchange(connection_, nullptr)->close();
    boost::system::error_code ignored;
    if (runner_end_.is_open()) runner_end_.close(ignored);
}

}  // namespace reel::runner
