#include "connection.hpp"
#include "reel/async/quietly.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

namespace reel::runner {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_at_once = std::size_t{64} << 10U;

}  // namespace

Connection::Connection(asio::local::stream_protocol::socket socket)
    : socket_(std::move(socket)),
      written_(socket_.get_executor()),
      repeat_(socket_.get_executor()) {}

void Connection::send(const Message& message) {
    send_later([frame = make_frame(encode(message))] { return frame; });
}

void Connection::send_later(std::function<std::string()> make_frame) {
    if (!socket_.is_open()) return;
    outbox_.push_back(std::move(make_frame));
    if (!is_writing_) write_next();
}

void Connection::write_next() {
    writing_.clear();
    // Together: under load a call for each message would cost more than the messages.
    while (writing_.size() < most_at_once && !outbox_.empty()) {
        writing_ += outbox_.front()();
        outbox_.pop_front();
    }
    is_writing_ = !writing_.empty();
    if (!is_writing_) {
        writing_.shrink_to_fit();
        written_.notify();
        return;
    }
    asio::async_write(
        socket_,
        asio::buffer(writing_),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
            if (error) {
                self->close();
            } else {
                self->write_next();
            }
        }
    );
}

void Connection::send_every(
    core::Duration interval, const Message& message, const std::function<bool()>& may
) {
    repeat_.expires_after(interval);
    repeat_.async_wait([self = shared_from_this(), interval, message, may](const auto& error) {
        if (error || !self->is_open()) return;
        if (!self->is_writing_ && (!may || may())) self->send(message);
        self->send_every(interval, message, may);
    });
}

asio::awaitable<core::Result<Message>> Connection::receive() {
    const auto self = shared_from_this();
    while (true) {
        auto payload = reader_.next();
        if (!payload) co_return std::unexpected(std::move(payload.error()));
        if (*payload) co_return decode(**payload);
        const auto [error, count] =
            co_await socket_.async_read_some(asio::buffer(chunk_), async::quietly);
        if (error) co_return core::fail(core::Errc::unavailable, "the connection was closed");
        reader_.append({chunk_.data(), count});
    }
}

asio::awaitable<void> Connection::flush() {
    const auto self = shared_from_this();
    while (is_writing_ && socket_.is_open()) co_await written_.wait_for(std::chrono::seconds(1));
}

void Connection::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    outbox_.clear();
    is_writing_ = false;
    written_.notify();
    repeat_.cancel();
}

}  // namespace reel::runner
