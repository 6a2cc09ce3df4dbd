#include "housekeeping.hpp"
#include "reel/async/quietly.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace reel::daemon {

namespace asio = boost::asio;

namespace {

constexpr auto after_start = std::chrono::seconds(30);
constexpr auto between_passes = std::chrono::hours(1);
/// Small enough to hold up no commit, and a pause behind each.
constexpr std::size_t most_at_once = 200;

}  // namespace

Retention read_retention(const config::Config& config) {
    return {
        .runs = config.duration("core", "retention_runs"),
        .xcoms = config.duration("core", "retention_xcoms"),
        .logs = config.duration("core", "retention_logs"),
        .records = config.duration("core", "retention_records"),
        .staged = config.duration("warehouse", "keep_failed_staging"),
    };
}

Housekeeping::Housekeeping(Parts parts, Retention retention, executor::Leftovers places)
    : parts_(std::move(parts)), retention_(retention), places_(std::move(places)) {}

asio::awaitable<void> Housekeeping::run() {
    asio::steady_timer timer(parts_.executor);
    timer.expires_after(after_start);
    co_await timer.async_wait(async::quietly);
    while ((co_await asio::this_coro::cancellation_state).cancelled() ==
           asio::cancellation_type::none) {
        try {
            co_await run_once();
        } catch (const std::exception& error) {
            spdlog::warn("what is too old is kept for now: {}", error.what());
        }
        timer.expires_after(between_passes);
        co_await timer.async_wait(async::quietly);
    }
}

asio::awaitable<void> Housekeeping::run_once() {
    co_await remove_runs();
    co_await remove_remains(store::Remains::xcom, retention_.xcoms);
    co_await remove_remains(store::Remains::skipped_fires, retention_.records);
    co_await remove_remains(store::Remains::backfill, retention_.records);
    co_await remove_remains(store::Remains::callback, retention_.records);
    co_await remove_remains(store::Remains::asset_event, retention_.records);
    co_await remove_remains(store::Remains::dag_version, retention_.records);
    const core::Timestamp now = parts_.clock.now();
    if (retention_.logs > core::Duration::zero()) {
        const auto removed = co_await parts_.pool.run([this, now] {
            return executor::remove_old_logs(places_.logs, now - retention_.logs, false);
        });
        if (removed > 0) spdlog::info("removed old logs of tasks, files={}", removed);
    }
    if (parts_.drop_staged && retention_.staged > core::Duration::zero()) {
        co_await parts_.pool.run([this, now] { parts_.drop_staged(now - retention_.staged); });
    }
}

asio::awaitable<void> Housekeeping::remove_runs() {
    if (retention_.runs <= core::Duration::zero()) co_return;
    const store::RunExpiry expiry{
        .before = parts_.clock.now() - retention_.runs, .limit = most_at_once
    };
    std::size_t total = 0;
    while (true) {
        const auto runs = co_await parts_.remove_runs(expiry);
        if (runs.empty()) break;
        total += runs.size();
        co_await parts_.pool.run([this, &runs] {
            for (const auto& run : runs) {
                executor::remove_run_folders(places_, run.dag_id, run.run_id);
            }
        });
        co_await breathe();
    }
    if (total > 0) spdlog::info("removed old runs, runs={}", total);
}

asio::awaitable<void> Housekeeping::remove_remains(store::Remains what, core::Duration kept) {
    if (kept <= core::Duration::zero()) co_return;
    store::RemainsExpiry expiry{
        .what = what, .before = parts_.clock.now() - kept, .limit = most_at_once
    };
    while (true) {
        const auto batch = co_await parts_.pool.run([this, &expiry] {
            return parts_.store.delete_expired(expiry);
        });
        if (batch.removed < most_at_once) break;
        expiry.after_id = batch.last_id;
        co_await breathe();
    }
}

asio::awaitable<void> Housekeeping::breathe() {
    asio::steady_timer timer(parts_.executor, parts_.breath);
    co_await timer.async_wait(async::quietly);
}

}  // namespace reel::daemon
