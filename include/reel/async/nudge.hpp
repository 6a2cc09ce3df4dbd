#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace reel::async {

/// "There is work": any number of `notify` before a wait wake it once. Belongs to one executor's
/// thread; the timer of `wait_for` is the safety net, not the clockwork.
class Nudge final {
  public:
    explicit Nudge(const boost::asio::any_io_executor& executor);

    void notify();
    /// Returns at the next notify (at once when one came since the last wait) or after `limit`.
    /// Also returns early when the awaiting coroutine is cancelled.
    boost::asio::awaitable<void> wait_for(std::chrono::nanoseconds limit);

  private:
    boost::asio::steady_timer timer_;
    bool pending_ = false;
};

}  // namespace reel::async
