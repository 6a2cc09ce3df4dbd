#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "frame.hpp"
#include "message.hpp"
#include "reel/async/nudge.hpp"

namespace reel::runner {

/// Either end of the socket between worker and runner. Belongs to one loop's thread.
class Connection final : public std::enable_shared_from_this<Connection> {
  public:
    explicit Connection(boost::asio::local::stream_protocol::socket socket);

    /// Writes to a queue and returns; what is queued when the connection breaks is lost.
    void send(const Message& message);
    /// The frame is made when its turn comes, so that a long queue holds no large messages. An
    /// empty frame is left out.
    void send_later(std::function<std::string()> make_frame);

    /// Sends the message at each interval until the connection closes, unless something else is
    /// under way just then, or `may` (where it is set) says no.
    void send_every(
        core::Duration interval, const Message& message, const std::function<bool()>& may
    );

    /// The next message. `unavailable` when the other end has closed, `corrupt_data` when it does
    /// not speak our language; nothing can be received after either.
    boost::asio::awaitable<core::Result<Message>> receive();

    /// Returns when all that was queued is written or the connection has broken.
    boost::asio::awaitable<void> flush();
    void close();
    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    [[nodiscard]] auto executor() { return socket_.get_executor(); }

  private:
    void write_next();

    boost::asio::local::stream_protocol::socket socket_;
    FrameReader reader_;
    std::array<char, 16384> chunk_{};
    std::deque<std::function<std::string()>> outbox_;
    std::string writing_;
    bool is_writing_ = false;
    async::Nudge written_;
    boost::asio::steady_timer repeat_;
};

}  // namespace reel::runner
