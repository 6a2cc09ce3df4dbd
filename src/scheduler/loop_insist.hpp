#pragma once

#include <spdlog/spdlog.h>

#include <boost/asio/use_awaitable.hpp>

#include "loop.hpp"
#include "reel/postgres/error.hpp"

namespace reel::scheduler {

template <class F>
boost::asio::awaitable<std::invoke_result_t<F>> Loop::insist(F call) {
    for (int failures = 0;; ++failures) {
        refuse_if_abandoned();
        try {
            co_return co_await parts_.pool.run([&call] { return call(); });
        } catch (const postgres::DatabaseError& error) {
            if (error.kind() == postgres::FailureKind::bug) throw;
            spdlog::warn("the metadata database is away, waiting: {}", error.what());
        }
        co_await pause_between_tries(failures);
    }
}

}  // namespace reel::scheduler
