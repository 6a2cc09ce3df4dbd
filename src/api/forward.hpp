#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>

#include "application.hpp"

namespace reel::api {

/// What a request that was passed on once carries, so that it is never passed on again.
inline constexpr std::string_view forwarded_mark = "x-reel-forwarded";

/// Sends the request as it came to "host:port" and gives the answer as it came.
/// Errc::unavailable: it was not sent; internal: it may have been, no answer came.
boost::asio::awaitable<core::Result<Response>> forward(
    boost::asio::any_io_executor executor, std::string address, Request request
);

/// Has the leader that the lease names carry the request out. 503 where there is none.
boost::asio::awaitable<Outcome<Response>> pass_on(Services* services, Request request);

}  // namespace reel::api
