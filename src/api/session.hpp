#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

namespace reel::api {

class Application;

struct SessionLimits {
    std::size_t body_bytes = 10U << 20U;
    std::uint32_t header_bytes = 32U << 10U;
    std::chrono::milliseconds idle{75'000};    ///< between two requests of a connection
    std::chrono::milliseconds header{10'000};  ///< from a request's first byte to its header's end
    std::chrono::milliseconds transfer{60'000};  ///< for a body, and for each piece of a response
};

/// One HTTP connection: reads requests one after the other, has the application answer, writes.
class Session final {
  public:
    Session(boost::asio::ip::tcp::socket socket, Application& application, SessionLimits limits);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Until the peer, an error or a limit ends the connection. Throws nothing but bugs.
    boost::asio::awaitable<void> run();
    /// No request after the one at work; at once when none is.
    void finish();
    /// Now, whatever is at work.
    void abort();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace reel::api
