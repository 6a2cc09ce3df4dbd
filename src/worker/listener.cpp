#include "listener.hpp"
#include "reel/async/quietly.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace reel::worker {

namespace asio = boost::asio;

namespace {

constexpr auto between_tries = std::chrono::seconds(2);

}  // namespace

Listener::Listener(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    std::string uri,
    std::vector<std::string> channels
)
    : pool_(pool),
      uri_(std::move(uri)),
      channels_(std::move(channels)),
      socket_(executor),
      pause_(executor) {}

void Listener::stop() {
    stopping_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    pause_.cancel();
}

asio::awaitable<void> Listener::run(Hear hear) {
    while (!stopping_) {
        auto link = co_await connect();
        if (stopping_) co_return;
        if (link) {
            for (const std::string& channel : channels_) hear(channel);
            co_await follow(std::move(link), hear);
        }
        if (stopping_) co_return;
        pause_.expires_after(between_tries);
        co_await pause_.async_wait(async::quietly);
    }
}

asio::awaitable<std::unique_ptr<postgres::Link>> Listener::connect() {
    co_return co_await pool_.run([uri = uri_, channels = channels_] {
        std::unique_ptr<postgres::Link> link;
        try {
            link = std::make_unique<postgres::Link>(uri);
            for (const std::string& channel : channels) {
                link->exec("listen " + link->quote_identifier(channel));
            }
        } catch (const postgres::DatabaseError& error) {
            spdlog::debug("cannot listen to the database reason={}", error.what());
            link.reset();
        }
        return link;
    });
}

asio::awaitable<void> Listener::follow(std::unique_ptr<postgres::Link> link, Hear hear) {
    socket_.assign(::dup(link->socket()));
    boost::system::error_code ended;
    while (!ended && !stopping_) {
        std::tie(ended) =
            co_await socket_.async_wait(asio::posix::stream_descriptor::wait_read, async::quietly);
        if (ended || stopping_) break;
        try {
            for (const std::string& channel : link->take_notifications()) hear(channel);
        } catch (const postgres::DatabaseError& error) {
            spdlog::debug("the database is not heard any more reason={}", error.what());
            break;
        }
    }
    socket_.close(ended);
}

}  // namespace reel::worker
