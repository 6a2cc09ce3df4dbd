#pragma once

#include <map>
#include <memory>
#include <string>

#include "reel/core/result.hpp"

namespace reel::cli {

struct HttpCall {
    std::string method = "GET";
    std::string target;
    std::map<std::string, std::string> headers{};
    std::string body{};
};

struct HttpReply {
    int status = 0;
    std::string body;
};

/// Where the server is.
struct Address {
    std::string host = "127.0.0.1";
    std::string port = "8080";

    /// "h:1", "[::1]:1".
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] std::string url() const;
};

/// "http://host[:port][/]"; Errc::unsupported for anything else.
[[nodiscard]] core::Result<Address> parse_address(const std::string& url);

/// Carries one request at a time to the server. Errc::unavailable when there is none,
/// Errc::timed_out when it does not answer.
class Transport {
  public:
    virtual ~Transport() = default;
    virtual core::Result<HttpReply> send(const HttpCall& call) = 0;
};

/// Over TCP, keeping the connection between requests.
[[nodiscard]] std::unique_ptr<Transport> make_transport(Address address);

}  // namespace reel::cli
