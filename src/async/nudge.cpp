#include "reel/async/nudge.hpp"
#include "reel/async/quietly.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace reel::async {

namespace asio = boost::asio;

Nudge::Nudge(const asio::any_io_executor& executor) : timer_(executor) {}

void Nudge::notify() {
    pending_ = true;
    timer_.cancel();
}

asio::awaitable<void> Nudge::wait_for(std::chrono::nanoseconds limit) {
    if (!std::exchange(pending_, false)) {
        timer_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(limit));
        co_await timer_.async_wait(async::quietly);
        pending_ = false;
    }
}

}  // namespace reel::async
