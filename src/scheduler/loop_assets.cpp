// What people ask of the loop about assets.

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "loop.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

asio::awaitable<core::Result<std::int64_t>> Loop::create_asset_event(
    std::string uri, core::JsonText extra
) {
    const bool is_known = co_await parts_.pool.run([this, &uri] {
        return std::ranges::any_of(parts_.store.list_assets(), [&](const auto& record) {
            return record.asset.uri == uri;
        });
    });
    if (!is_known) {
        co_return core::fail(core::Errc::not_found, "no DAG names an asset '" + uri + "'");
    }
    co_await ready();
    const auto id = planner_.add_asset_event(uri, extra, parts_.clock.now());
    co_await committed();
    co_return id;
}

asio::awaitable<core::Result<std::size_t>> Loop::delete_queued_events(QueuedEventSelection selection
) {
    co_await ready();
    const std::size_t count = planner_.drop_queued_events(selection);
    co_await committed();
    co_return count;
}

}  // namespace reel::scheduler
