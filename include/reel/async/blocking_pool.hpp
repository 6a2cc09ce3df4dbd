#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace reel::async {

/// Threads for calls that block (libpqxx, big files, getaddrinfo). `co_await pool.run(f)` runs `f`
/// on one of them and resumes on the caller's executor with its value; an exception that `f` throws
/// is rethrown there. What has been handed over is done: cancelling the caller waits for its end.
/// The threads are made for the first call: many a pool is never used. A pool of no threads has the
/// caller do it: what happens then hangs on no thread's luck.
class BlockingPool final {
  public:
    explicit BlockingPool(std::size_t threads) : size_(threads) {}
    ~BlockingPool() { join(); }
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    template <class F>
    [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<F>> run(F work) {
        if (size_ == 0) return run_here(std::move(work));
        std::call_once(begun_, [this] { threads_.emplace(size_); });
        return boost::asio::co_spawn(
            *threads_,
            [work = std::move(work)]() mutable -> boost::asio::awaitable<std::invoke_result_t<F>> {
                co_return work();
            },
            // A coroutine of Asio that is cancelled while it works throws where nobody catches.
            boost::asio::bind_cancellation_slot(
                boost::asio::cancellation_slot(), boost::asio::use_awaitable
            )
        );
    }

    /// Waits until everything handed over has ended; nothing may be handed over afterwards.
    void join() {
        if (threads_) threads_->join();
    }

  private:
    template <class F>
    static boost::asio::awaitable<std::invoke_result_t<F>> run_here(F work) {
        co_return work();
    }

    std::size_t size_;
    std::once_flag begun_;
    std::optional<boost::asio::thread_pool> threads_;
};

}  // namespace reel::async
