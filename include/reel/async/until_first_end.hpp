#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <concepts>
#include <exception>
#include <tuple>
#include <utility>

namespace reel::async {

/// Runs all parts at once. The first that ends, well or badly, ends the others, and what it threw
/// is thrown on when they have ended. (`||` of Asio goes on waiting when one throws.)
template <std::same_as<boost::asio::awaitable<void>>... Parts>
boost::asio::awaitable<void> until_first_end(Parts... parts) {
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    const auto ends = co_await asio::experimental::make_parallel_group(
                          asio::co_spawn(executor, std::move(parts), asio::deferred)...
    )
                          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    const std::exception_ptr failure = std::apply(
        [](const auto& order, const auto&... failures) {
            return std::array<std::exception_ptr, sizeof...(Parts)>{failures...}[order[0]];
        },
        ends
    );
    if (failure) std::rethrow_exception(failure);
}

}  // namespace reel::async
