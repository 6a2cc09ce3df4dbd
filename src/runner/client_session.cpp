#include "client_session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "supervised_process.hpp"

namespace reel::runner {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto detach_patience = 5s;
/// How many times within a lease the runner hears of us: one word may be late, and another one too.
constexpr int heartbeats_per_lease = 4;
/// Without a message in between; more mean that one of us says what the other cannot bear.
constexpr int max_futile_reconnects = 3;

}  // namespace

ClientSession::ClientSession(
    const asio::any_io_executor& io, RunnerOptions options, RunnerEvents events
)
    : io_(io),
      may_hold_(options.may_hold),
      events_(std::move(events)),
      link_(io, std::move(options)) {}

asio::awaitable<core::Result<RunnerInventory>> ClientSession::attach() {
    const auto self = shared_from_this();
    closing_ = false;
    if (connection_) std::exchange(connection_, nullptr)->close();
    auto attached = co_await link_.connect_or_start();
    if (!attached) co_return std::unexpected(std::move(attached.error()));
    use(*attached);
    orders_.adopt(attached->inventory);
    resend();
    follow();
    co_return std::move(attached->inventory);
}

/// From the loop that has to obey the runner's events, so that a worker that hangs falls silent.
void ClientSession::use(const Attached& attached) {
    connection_ = attached.connection;
    announced_environment_.reset();
    connection_->send_every(attached.lease / heartbeats_per_lease, Heartbeat{}, may_hold_);
}

void ClientSession::send(const Message& message) {
    if (connection_) connection_->send(message);
}

/// Most attempts have all but a few variables in common: they go to the runner once.
void ClientSession::announce_environment(const Start& start) {
    const auto& common = start.spec.common_environment;
    if (!common || common == announced_environment_) return;
    announced_environment_ = common;
    send(CommonEnvironment{*common});
}

/// Orders that may have been lost with the last connection.
void ClientSession::resend() {
    for (const auto& order : orders_.unconfirmed()) {
        if (const auto* const start = std::get_if<Start>(&order)) announce_environment(*start);
        send(order);
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
        const auto connection = connection_;
        const auto message = co_await connection->receive();
        if (closing_ || connection != connection_) co_return;
        if (message && std::holds_alternative<Replaced>(*message)) {
            lose("another worker took over the runner");
            co_return;
        }
        if (message) {
            futile_reconnects = 0;
            receive(*message);
            if (connection != connection_) co_return;
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
    auto attached = co_await link_.connect();
    if (closing_) co_return false;
    if (!attached) {
        lose(attached.error().message);
        co_return false;
    }
    use(*attached);
    const auto missed = orders_.catch_up(std::move(attached->inventory));
    resend();
    for (const auto& message : missed) {
        if (const auto* const started = std::get_if<Started>(&message)) tell_start(started->start);
        if (const auto* const exited = std::get_if<Exited>(&message)) tell_exit(exited->exit);
    }
    co_return connection_ != nullptr;
}

void ClientSession::receive(const Message& message) {
    if (const auto* const started = std::get_if<Started>(&message)) {
        if (orders_.started(started->start)) tell_start(started->start);
    } else if (const auto* const exited = std::get_if<Exited>(&message)) {
        orders_.exited(exited->exit);
        tell_exit(exited->exit);
    } else if (const auto* const forgotten = std::get_if<Forgotten>(&message)) {
        orders_.forgotten(forgotten->attempt);
    }
}

// The listener may end this client while it is called, hence the copies.
void ClientSession::tell_start(const ProcessStart& start) const {
    if (const auto listener = events_.on_start) listener(start);
}

void ClientSession::tell_exit(const ProcessExit& exit) const {
    if (const auto listener = events_.on_exit) listener(exit);
}

void ClientSession::lose(const std::string& reason) {
    if (connection_) std::exchange(connection_, nullptr)->close();
    const auto listener = events_.on_lost;
    if (!closing_ && listener) listener(reason);
}

void ClientSession::expect(const ProcessSpec& spec) {
    send(Expect{spec.attempt, spec.log_file, spec.log_header});
}

void ClientSession::start(ProcessSpec spec) {
    const core::AttemptId attempt = spec.attempt;
    Start start(std::move(spec));
    std::string frame = make_frame(encode(start));
    if (frame.size() > max_frame_bytes) {
        refuse(attempt);
        return;
    }
    announce_environment(start);
    if (!orders_.start(std::move(start.spec)) || !connection_) return;
    connection_->send_later([frame = std::move(frame)] { return frame; });
}

/// The answer to a spec that no runner would read.
void ClientSession::refuse(core::AttemptId attempt) {
    ProcessExit exit{.attempt = attempt, .end = ProcessEnd::not_started};
    exit.started_at = exit.ended_at = wall_now();
    exit.message = "its input, arguments and environment take more than 64 MiB";
    asio::post(io_, [self = shared_from_this(), exit = std::move(exit)] { self->tell_exit(exit); });
}

void ClientSession::cancel(core::AttemptId attempt) {
    if (orders_.cancel(attempt)) send(Cancel{attempt});
}

void ClientSession::acknowledge(core::AttemptId attempt) {
    orders_.acknowledge(attempt);
    send(Acknowledge{attempt});
}

asio::awaitable<void> ClientSession::detach(bool end_when_idle) {
    const auto self = shared_from_this();
    const auto connection = std::exchange(connection_, nullptr);
    closing_ = true;
    link_.release();
    if (!connection) co_return;
    const CloseAfter deadline(connection, detach_patience);
    connection->send(Detach{end_when_idle});
    co_await connection->flush();
    connection->close();
}

void ClientSession::close() {
    events_ = {};
    closing_ = true;
    link_.release();
    if (connection_) std::exchange(connection_, nullptr)->close();
}

}  // namespace reel::runner
