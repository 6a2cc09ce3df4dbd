#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <functional>
#include <future>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <vector>

#include "reel/async/at_once.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/async/nudge.hpp"

namespace reel::async {
namespace {

namespace asio = boost::asio;

constexpr auto for_ever = std::chrono::hours(1000);

/// Runs a coroutine to its end on a loop of its own and rethrows what it threw.
void run(asio::io_context& io, std::function<asio::awaitable<void>()> body) {
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(body), [&](const std::exception_ptr& error) { failure = error; });
    io.run();
    if (failure) std::rethrow_exception(failure);
}

TEST(BlockingPool, ComesBackToTheLoopWithTheValue) {
    asio::io_context io{1};
    BlockingPool pool(1);
    run(io, [&]() -> asio::awaitable<void> {
        const auto loop = std::this_thread::get_id();
        const auto worker = co_await pool.run([] { return std::this_thread::get_id(); });
        EXPECT_NE(worker, loop);
        EXPECT_EQ(std::this_thread::get_id(), loop);
    });
}

TEST(BlockingPool, ThatIsNeverUsedHasNoThreads) {
    const auto threads = [] {
        const std::filesystem::directory_iterator tasks("/proc/self/task");
        return std::distance(begin(tasks), end(tasks));
    };
    const auto before = threads();
    BlockingPool unused(7);
    EXPECT_EQ(threads(), before);
    unused.join();
    EXPECT_EQ(threads(), before);
}

TEST(BlockingPool, OfNoThreadsHasTheCallerDoIt) {
    asio::io_context io{1};
    BlockingPool pool(0);
    run(io, [&]() -> asio::awaitable<void> {
        EXPECT_EQ(
            co_await pool.run([] { return std::this_thread::get_id(); }), std::this_thread::get_id()
        );
    });
    io.restart();
    const auto fail = [&]() -> asio::awaitable<void> {
        co_await pool.run([]() -> int { throw std::runtime_error("broken"); });
    };
    EXPECT_THROW(run(io, fail), std::runtime_error);
}

TEST(BlockingPool, CarriesExceptionsAcross) {
    asio::io_context io{1};
    BlockingPool pool(1);
    const auto fail = [&]() -> asio::awaitable<void> {
        co_await pool.run([]() -> int { throw std::runtime_error("broken"); });
    };
    EXPECT_THROW(run(io, fail), std::runtime_error);
}

TEST(BlockingPool, OutlivesACancellationThatComesWhileItWorks) {
    using namespace boost::asio::experimental::awaitable_operators;
    asio::io_context io{1};
    BlockingPool pool(2);
    Nudge quick(io.get_executor());
    std::promise<void> gate;
    bool finished = false;
    // Queued behind what the cancellation does on the second thread.
    const auto open_gate = [&]() -> asio::awaitable<void> {
        co_await pool.run([&gate] {
            gate.set_value();
            return 0;
        });
    };
    const auto give_up = [&]() -> asio::awaitable<void> {
        co_await quick.wait_for(for_ever);
        asio::post(io, [&] {
            asio::co_spawn(io, open_gate, [](const std::exception_ptr& e) { EXPECT_FALSE(e); });
        });
    };
    run(io, [&]() -> asio::awaitable<void> {
        quick.notify();
        const auto work = [&] {
            gate.get_future().wait();
            return finished = true;
        };
        co_await (pool.run(work) || give_up());
    });
    EXPECT_TRUE(finished) << "what blocks cannot be cut short";
}

TEST(Nudge, ThatCameBeforeTheWaitIsNotLostAndCountsOnce) {
    asio::io_context io{1};
    Nudge nudge(io.get_executor());
    run(io, [&]() -> asio::awaitable<void> {
        nudge.notify();
        nudge.notify();
        co_await nudge.wait_for(for_ever);
        bool second = false;
        asio::post(io, [&] {
            EXPECT_FALSE(second) << "two notifies before a wait wake it once";
            second = true;
            nudge.notify();
        });
        co_await nudge.wait_for(for_ever);
        EXPECT_TRUE(second);
    });
}

TEST(Nudge, GivesUpAtItsLimit) {
    asio::io_context io{1};
    Nudge nudge(io.get_executor());
    run(io,
        [&]() -> asio::awaitable<void> { co_await nudge.wait_for(std::chrono::nanoseconds(0)); });
}

TEST(Nudge, ReturnsWhenItsCoroutineIsCancelled) {
    using namespace boost::asio::experimental::awaitable_operators;
    asio::io_context io{1};
    Nudge slow(io.get_executor());
    Nudge quick(io.get_executor());
    run(io, [&]() -> asio::awaitable<void> {
        quick.notify();
        co_await (slow.wait_for(for_ever) || quick.wait_for(for_ever));
    });
}

TEST(ForEachAtOnce, DoesEachOnce) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
        std::vector<std::atomic<int>> done(count);
        for_each_at_once(count, 2, [&done](std::size_t i) { ++done[i]; });
        EXPECT_TRUE(std::ranges::all_of(done, [](const auto& times) { return times == 1; }));
    }
}

TEST(ForEachAtOnce, ThrowsOnWhatIsThrown) {
    for (const std::size_t wrong : {std::size_t{0}, std::size_t{99}}) {
        const auto work = [wrong](std::size_t i) {
            if (i == wrong) throw std::runtime_error("no");
        };
        EXPECT_THROW(for_each_at_once(100, 2, work), std::runtime_error);
    }
}

}  // namespace
}  // namespace reel::async
