#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace reel::api {

/// A bare TCP connection to the server under test: sends bytes as they are, reads what comes back.
class RawConnection final {
  public:
    explicit RawConnection(std::uint16_t port);
    ~RawConnection();
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;

    void send(const std::string& bytes) const;
    void close_sending() const;
    /// One response by its Content-Length or chunks; "" when the server closed first.
    std::string read_response(bool head = false);
    /// After read_response(true): the next chunk of its body; "" at the end of it.
    std::string read_chunk();
    /// All that comes until the server closes.
    std::string read_to_end();
    /// Whether the server closes within the limit.
    bool closes_within(std::chrono::milliseconds limit);

  private:
    bool read_more(std::chrono::milliseconds limit);
    int socket_ = -1;
    std::string buffer_;
};

/// 200 of "HTTP/1.1 200 OK…"; 0 of "".
int status_of(const std::string& response);
std::string body_of(const std::string& response);

}  // namespace reel::api
