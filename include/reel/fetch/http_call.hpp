#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/core/time.hpp"

namespace reel::fetch {

/// One HTTP request whose answer is small enough to be held in memory.
struct HttpCall {
    std::string url;                   ///< http or https; may hold a password, never shown
    std::string method = "GET";        ///< in capitals
    std::vector<std::string> headers;  ///< "Name: value"; may hold secrets, never logged
    std::string body;                  ///< sent where it is not empty
    core::Duration timeout = std::chrono::seconds(30);  ///< for all of it, redirects included
    std::size_t max_bytes = std::size_t{1} << 20U;      ///< of the answer; the rest is cut off
    const std::atomic<bool>* abandoned = nullptr;  ///< once true, the call ends as soon as it can
};

struct HttpAnswer {
    int status = 0;
    std::string body;
};

/// Makes the request once and follows redirects of GET and HEAD, up to ten. Its headers go to the
/// server that the URL names and to no other. Any status is an answer. Errc::unavailable and
/// timed_out: no answer came; invalid_argument: the URL is none of http. Blocking.
[[nodiscard]] core::Result<HttpAnswer> call_http(const HttpCall& call);

/// "a b&c" → "a%20b%26c", for a value of a query.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// "HTTP 404 Not Found".
[[nodiscard]] std::string describe_http_status(int status);

/// The URL as it may be shown: without user, password and the values of telling parameters.
[[nodiscard]] std::string shown_url(const std::string& url);

}  // namespace reel::fetch
