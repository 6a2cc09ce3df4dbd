#include "loop.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "loop_insist.hpp"
#include "reel/async/quietly.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

namespace {

constexpr int attempt_block = 1000;
constexpr core::Duration longest_wait = std::chrono::seconds(5);

store::LostLeadership has_stopped() {
    return store::LostLeadership("this scheduler has stopped");
}

}  // namespace

Loop::Loop(const SchedulerParts& parts, SchedulerConfig config)
    : parts_(parts),
      config_(config),
      planner_(config.parallelism, config.max_map_length, config.patience),
      nudge_(parts.executor),
      soon_(parts.executor),
      heartbeat_(parts.clock.now()) {
    parts_.tasks.listen({
        .started =
            [this](const AttemptStarted& event) {
                planner_.on_started(event);
                turn_soon();
            },
        .ended =
            [this](const AttemptEnded& event) {
                ended_attempts_.push_back(event);
                nudge_.notify();
            },
    });
}

// --- the store, whatever happens to it

asio::awaitable<void> Loop::pause_between_tries(int failures) {
    const auto delay =
        std::min(longest_wait, config_.database_retry * (1 << std::min(failures, 6)));
    asio::steady_timer timer(parts_.executor, delay);
    co_await timer.async_wait(async::quietly);
}

// --- the loop

/// Nothing happens before: news of an asset would not reach a DAG that nobody knows yet.
asio::awaitable<void> Loop::first_dags() {
    while (!has_dags_ && !stopping_) co_await nudge_.wait_for(longest_wait);
}

asio::awaitable<void> Loop::run() {
    const auto lingering = co_await take_up_lingering();
    auto alive = co_await take_up();
    co_await first_dags();
    if (has_dags_) {
        parts_.tasks.end_lingering(lingering);
        co_await parts_.tasks.adopt(std::move(alive));
        co_await go_round();
    }
    ended_ = true;
    soon_.cancel();
    finish_waiters(std::exchange(waiting_for_commit_, {}), false);
}

asio::awaitable<void> Loop::go_round() {
    while (!stopping_ || live_attempts() > 0) {
        co_await turn();
        if (stopping_ && live_attempts() == 0) break;
        const auto due = planner_.next_due();
        const auto wait =
            due ? std::clamp(*due - parts_.clock.now(), core::Duration(0), longest_wait)
                : longest_wait;
        co_await nudge_.wait_for(wait);
    }
    co_await turn();
}

void Loop::turn_soon() {
    if (std::exchange(turns_soon_, true)) return;
    soon_.expires_after(config_.patience.running);
    soon_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        turns_soon_ = false;
        nudge_.notify();
    });
}

asio::awaitable<std::vector<store::LingeringAttempt>> Loop::take_up_lingering() {
    auto lingering = co_await insist([this] { return parts_.store.load_lingering(); });
    planner_.restore_lingering(lingering);
    co_return lingering;
}

asio::awaitable<std::vector<AttemptOrder>> Loop::take_up() {
    set_pools(co_await insist([this] { return parts_.store.list_pools(); }));
    co_await take_up_backfills();
    planner_.restore_assets(co_await insist([this] { return parts_.store.load_asset_state(); }));
    planner_.restore_callbacks(co_await insist([this] { return parts_.store.last_callback_id(); }));
    auto active = co_await insist([this] { return parts_.store.load_active(); });
    std::vector<AttemptOrder> alive;
    for (auto& run : active) {
        spdlog::info(
            "taking up dag={} run={} state={}",
            run.run.dag_id.str(),
            run.run.run_id.str(),
            core::to_string(run.run.state)
        );
        std::ranges::move(
            planner_.restore(std::move(run), parts_.clock.now()), std::back_inserter(alive)
        );
    }
    taken_up_ = true;
    co_return alive;
}

asio::awaitable<void> Loop::turn() {
    heartbeat_ = parts_.clock.now();
    if (const int wanted = planner_.attempts_wanted(); wanted > 0) {
        const int count = std::max(wanted, attempt_block);
        const auto first =
            co_await insist([this, count] { return parts_.store.reserve_attempts(count); });
        planner_.supply_attempts(first, count);
    }
    waiting_for_this_commit_ = std::exchange(waiting_for_commit_, {});
    co_await look_back();
    co_await go_on_with_backfills();
    take_ended_attempts();
    Effects planned = planner_.plan(parts_.clock.now());
    if (!planned.start.empty()) parts_.tasks.expect(planned.start);
    Effects effects = co_await commit(std::move(planned));
    co_await store_next_runs(std::move(effects.next_runs));
    act(std::move(effects));
    if (planner_.has_past_wishes() || planner_.has_backfill_work()) nudge_.notify();
    new_tasks_ = 0;
    finish_waiters(std::exchange(waiting_for_this_commit_, {}), true);
}

void Loop::take_ended_attempts() {
    // Half of what has gathered, where commits are slow: else the limit would be one of the rate.
    std::size_t count = std::max(config_.commit_limits.ended_attempts, ended_attempts_.size() / 2);
    for (; count > 0 && !ended_attempts_.empty(); --count) {
        planner_.on_ended(ended_attempts_.front());
        ended_attempts_.pop_front();
    }
    if (!ended_attempts_.empty()) nudge_.notify();
}

bool Loop::has_room_for_run() const {
    return stopping_ || new_tasks_ < config_.commit_limits.new_tasks;
}

/// Runs that began ask what the run before them did; the answer is planned in the next round.
asio::awaitable<void> Loop::look_back() {
    for (const auto& wish : planner_.take_past_wishes()) {
        const auto before = co_await insist([this, &wish] {
            return parts_.store.load_run_before(wish.dag_id, wish.logical_date);
        });
        planner_.supply_past(wish, before, parts_.clock.now());
    }
}

asio::awaitable<void> Loop::store_next_runs(store::NextRuns next_runs) {
    if (next_runs.empty()) co_return;
    co_await insist([this, next_runs = std::move(next_runs)] {
        parts_.store.set_next_runs(next_runs);
    });
}

void Loop::act(Effects effects) {
    refuse_if_the_lease_is_over();
    for (const auto attempt : effects.cancel) parts_.tasks.cancel(attempt);
    for (auto& order : effects.start) {
        spdlog::info(
            "starting dag={} run={} task={} try={}",
            order.key.dag_id.str(),
            order.key.run_id.str(),
            order.key.task_id.str(),
            order.try_number
        );
        parts_.tasks.start(std::move(order));
    }
    for (const auto attempt : effects.release) parts_.tasks.release(attempt);
    if (!effects.commit.asset_events.empty()) {
        std::vector<std::string> uris;
        uris.reserve(effects.commit.asset_events.size());
        for (const auto& added : effects.commit.asset_events) uris.push_back(added.event.uri);
        parts_.tasks.assets_have_news(uris);
    }
    for (auto& ended : effects.ended_runs) {
        spdlog::info(
            "run ended dag={} run={} state={}",
            ended.run.dag_id.str(),
            ended.run.run_id.str(),
            core::to_string(ended.run.state)
        );
        parts_.tasks.run_ended(ended.run, ended.dag);
    }
    for (const auto& [dag_id, is_paused, failed] : effects.paused) {
        spdlog::warn("paused dag={}: its last {} runs have failed", dag_id.str(), failed);
    }
    if (!effects.commit.callbacks.empty() && parts_.callbacks_due) parts_.callbacks_due();
}

asio::awaitable<void> Loop::committed() {
    refuse_if_abandoned();
    if (ended_) throw has_stopped();
    auto waiter = std::make_shared<Waiter>(
        asio::steady_timer(parts_.executor, asio::steady_timer::time_point::max())
    );
    waiting_for_commit_.push_back(waiter);
    nudge_.notify();
    co_await waiter->done.async_wait(async::quietly);
    refuse_if_abandoned();
    if (!waiter->is_stored) throw has_stopped();
}

void Loop::finish_waiters(const Waiters& waiters, bool is_stored) {
    for (const auto& waiter : waiters) {
        waiter->is_stored = is_stored;
        waiter->done.cancel();
    }
}

std::size_t Loop::live_attempts() const {
    return planner_.live_attempts() - parts_.tasks.out_of_reach();
}

void Loop::stop() {
    stopping_ = true;
    planner_.stop_granting();
    nudge_.notify();
}

void Loop::interrupt_tasks() {
    for (const auto attempt : planner_.attempts()) parts_.tasks.cancel(attempt);
}

std::unique_ptr<Scheduler> make_scheduler(const SchedulerParts& parts, SchedulerConfig config) {
    return std::make_unique<Loop>(parts, config);
}

}  // namespace reel::scheduler
