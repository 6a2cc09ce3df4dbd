#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace reel::api {

/// A request as the endpoints see it, free of any HTTP library.
struct Request {
    std::string method;
    std::string target;                                       ///< as on the request line
    std::map<std::string, std::string, std::less<>> headers;  ///< names in lower case
    std::string body;

    /// "" when it is absent.
    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const {
        const auto found = headers.find(lower_case_name);
        return found == headers.end() ? std::string_view() : std::string_view(found->second);
    }
};

/// A body that is made while it is sent: the next piece, or nothing at its end.
using Pieces = std::function<boost::asio::awaitable<std::optional<std::string>>()>;

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body{};
    std::map<std::string, std::string> headers{};
    Pieces pieces{};  ///< set: the body comes from here
};

}  // namespace reel::api
