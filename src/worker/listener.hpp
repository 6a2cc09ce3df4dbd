#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/postgres/link.hpp"

namespace reel::worker {

/// Hears what the database is notified of (LISTEN). Only a wake-up call: whoever relies on it looks
/// by himself from time to time. A lost connection is made anew after a while.
class Listener final : public std::enable_shared_from_this<Listener> {
  public:
    using Hear = std::function<void(const std::string& channel)>;

    Listener(
        const boost::asio::any_io_executor& executor,
        async::BlockingPool& pool,
        std::string uri,
        std::vector<std::string> channels
    );
    /// Until stop(). Everything is heard once whenever a connection was made: something may have
    /// been missed before.
    boost::asio::awaitable<void> run(Hear hear);
    void stop();

  private:
    boost::asio::awaitable<std::unique_ptr<postgres::Link>> connect();
    boost::asio::awaitable<void> follow(std::unique_ptr<postgres::Link> link, Hear hear);

    async::BlockingPool& pool_;
    std::string uri_;
    std::vector<std::string> channels_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer pause_;
    bool stopping_ = false;
};

}  // namespace reel::worker
