#include "runner_link.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "reel/async/quietly.hpp"
#include "socket_address.hpp"

namespace reel::runner {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// A starting runner first ends what a killed predecessor left, which takes seconds at most.
constexpr auto start_patience = 20s;
constexpr auto handshake_patience = 10s;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(async::quietly);
}

}  // namespace

CloseAfter::CloseAfter(std::shared_ptr<Connection> connection, std::chrono::seconds limit)
    : timer_(connection->executor(), limit) {
    timer_.async_wait([held = std::move(connection)](const boost::system::error_code& error) {
        if (!error) held->close();
    });
}

RunnerLink::RunnerLink(const asio::any_io_executor& io, RunnerOptions options)
    : io_(io), options_(std::move(options)), end_of_launched_(io) {}

asio::awaitable<core::Result<Attached>> RunnerLink::connect() {
    auto connection = co_await open();
    if (!connection) co_return std::unexpected(std::move(connection.error()));
    co_return co_await shake_hands(*std::move(connection));
}

/// A runner of another version goes on with what it runs for one lease, then ends; its journal is
/// ours to read.
asio::awaitable<void> RunnerLink::let_finish(int protocol) {
    if (std::exchange(has_let_finish_, true)) co_return;
    const auto connection = co_await open();
    if (!connection) co_return;
    const CloseAfter deadline(*connection, handshake_patience);
    (*connection)->send(Hello{protocol});
    // Its welcome, in words that are not ours.
    static_cast<void>(co_await (*connection)->receive());
    (*connection)->send(Detach{.end_when_idle = true});
    co_await (*connection)->flush();
    (*connection)->close();
}

asio::awaitable<core::Result<std::shared_ptr<Connection>>> RunnerLink::open() {
    const auto address = SocketAddress::of_directory(options_.directory);
    if (!address) co_return std::unexpected(address.error());
    asio::local::stream_protocol::socket socket(io_);
    const auto [error] = co_await socket.async_connect(address->endpoint(), async::quietly);
    if (error) {
        co_return core::fail(
            core::Errc::unavailable,
            "no runner answers on " + socket_path(options_.directory).string() + ": " +
                error.message()
        );
    }
    co_return std::make_shared<Connection>(std::move(socket));
}

asio::awaitable<core::Result<Attached>> RunnerLink::shake_hands(
    std::shared_ptr<Connection> connection
) {
    const CloseAfter deadline(connection, handshake_patience);
    connection->send(Hello{});
    auto first = co_await connection->receive();
    if (!first) co_return std::unexpected(std::move(first.error()));
    if (const auto* const refused = std::get_if<Refused>(&*first)) {
        co_await let_finish(refused->protocol);
        co_return core::fail(
            core::Errc::conflict,
            refused->reason,
            "it is of another version of reel; it ends once what it runs has ended, at most a "
            "lease "
            "from now"
        );
    }
    auto* const welcome = std::get_if<Welcome>(&*first);
    if (welcome == nullptr) {
        co_return core::fail(core::Errc::corrupt_data, "the runner did not say welcome");
    }
    Attached attached{.connection = connection, .lease = welcome->lease, .inventory = {}};
    attached.inventory.running = std::move(welcome->running);
    while (attached.inventory.ended.size() < welcome->ended) {
        auto next = co_await connection->receive();
        if (!next) co_return std::unexpected(std::move(next.error()));
        auto* const exited = std::get_if<Exited>(&*next);
        if (exited == nullptr) {
            co_return core::fail(core::Errc::corrupt_data, "the runner's journal was cut short");
        }
        attached.inventory.ended.push_back(std::move(exited->exit));
    }
    co_return attached;
}

core::Error RunnerLink::no_answer(const core::Error& last) {
    std::string message = last.message;
    if (const auto status = launched_ ? launched_->poll_exit() : std::nullopt) {
        const bool signalled = WIFSIGNALED(*status);
        message = fmt::format(
            "the runner ended with {} {}: {}",
            signalled ? "signal" : "status",
            signalled ? WTERMSIG(*status) : WEXITSTATUS(*status),
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

core::Result<void> RunnerLink::prepare_folder() const {
    std::error_code error;
    fs::create_directories(options_.directory, error);
    if (!error) fs::permissions(options_.directory, fs::perms::owner_all, error);
    if (!error) return {};
    return core::fail(
        core::Errc::unavailable,
        "cannot make the runner's folder " + options_.directory.string() + ": " + error.message()
    );
}

asio::awaitable<core::Result<Attached>> RunnerLink::connect_or_start() {
    if (auto prepared = prepare_folder(); !prepared) {
        co_return std::unexpected(std::move(prepared.error()));
    }
    const auto until = std::chrono::steady_clock::now() + start_patience;
    bool started = false;
    bool ended = false;
    for (auto wait = 2ms;; wait = std::min(wait * 2, 100ms)) {
        auto attached = co_await connect();
        if (attached || attached.error().code == core::Errc::conflict) {
            if (started) reap_at_end();
            co_return attached;
        }
        if (ended || std::chrono::steady_clock::now() >= until) {
            co_return std::unexpected(no_answer(attached.error()));
        }
        if (!started) {
            auto runner = LaunchedRunner::launch(options_);
            if (!runner) co_return std::unexpected(std::move(runner.error()));
            launched_ = std::make_shared<LaunchedRunner>(std::move(*runner));
            started = true;
        }
        // It may have lost a race against another one, which then answers: one more look.
        ended = launched_->poll_exit().has_value();
        co_await pause(wait);
    }
}

void RunnerLink::reap_at_end() {
    release();
    const int copy = ::fcntl(launched_->pidfd(), F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return;
    end_of_launched_.assign(copy);
    end_of_launched_.async_wait(
        asio::posix::descriptor_base::wait_read,
        [runner = launched_](const boost::system::error_code& error) {
            if (!error) static_cast<void>(runner->poll_exit());
        }
    );
}

void RunnerLink::release() {
    boost::system::error_code ignored;
    if (end_of_launched_.is_open()) end_of_launched_.close(ignored);
}

}  // namespace reel::runner
