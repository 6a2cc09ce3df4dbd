#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reel::async {

/// For co_await: the error is the first value of a tuple instead of an exception. A timer that is
/// cancelled and a connection that breaks are ordinary ends.
inline constexpr auto quietly = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace reel::async
