#include "deliveries.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <ranges>
#include <utility>

#include "call.hpp"
#include "reel/async/quietly.hpp"
#include "reel/postgres/error.hpp"

namespace reel::executor {

namespace asio = boost::asio;

namespace {

/// Nobody tells of a callback that another program stores, or of a clock that was stepped.
constexpr core::Duration longest_wait = std::chrono::seconds(5);
constexpr std::size_t most_at_once = 64;
constexpr int growth = 4;
constexpr core::Duration longest_delay = std::chrono::hours(1);

void log_end(const store::CallbackRecord& record) {
    std::string error = record.error;
    std::ranges::replace(error, '\n', ' ');
    const auto tell = [&](spdlog::level::level_enum level, const char* what) {
        spdlog::log(
            level,
            "{} callback id={} dag={} run={} task={} event={} kind={} tries={}{}{}",
            what,
            record.id,
            record.key.dag_id.str(),
            record.key.run_id.str(),
            record.key.task_id.str(),
            core::to_string(record.event),
            core::to_string(record.kind),
            record.tries,
            error.empty() ? "" : ": ",
            error
        );
    };
    if (record.state == store::CallbackState::success) tell(spdlog::level::debug, "called");
    if (record.state == store::CallbackState::pending) tell(spdlog::level::info, "will repeat");
    if (record.state == store::CallbackState::failed) tell(spdlog::level::warn, "gave up");
}

}  // namespace

store::CallbackRecord after_try(
    store::CallbackRecord record,
    const core::Result<void>& outcome,
    const RetryRules& rules,
    core::Timestamp now
) {
    ++record.tries;
    record.error = outcome ? "" : outcome.error().describe();
    if (!outcome && may_mend(outcome.error()) && record.tries <= rules.retries) {
        core::Duration delay = rules.delay;
        for (int i = 1; i < record.tries && delay < longest_delay; ++i) delay *= growth;
        record.next_try_at = now + std::min(delay, std::max(longest_delay, rules.delay));
        return record;
    }
    record.state = outcome ? store::CallbackState::success : store::CallbackState::failed;
    record.next_try_at.reset();
    record.ended_at = now;
    return record;
}

Deliveries::Deliveries(Parts parts)
    : parts_(std::move(parts)),
      threads_(parts_.threads),
      nudge_(parts_.executor),
      ended_(parts_.executor) {}

asio::awaitable<void> Deliveries::run() {
    // Whoever is cancelled here has still to wait for what is under way.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (true) {
        const core::Duration quiet = co_await look();
        // A wait that begins afterwards would not feel it.
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;
        co_await nudge_.wait_for(quiet);
    }
    // What is under way refers to this object.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    abandoned_ = true;
    while (!under_way_.empty()) co_await ended_.wait_for(longest_wait);
}

/// How long nothing is to be done.
asio::awaitable<core::Duration> Deliveries::look() {
    try {
        const auto next = co_await run_once();
        const auto now = parts_.clock.now();
        // What is due by now is under way, and its end brings the next look.
        if (!next || *next <= now) co_return longest_wait;
        co_return std::min(*next - now, longest_wait);
    } catch (const postgres::DatabaseError& error) {
        if (error.kind() == postgres::FailureKind::bug) throw;
        spdlog::debug("callbacks wait for the metadata database: {}", error.what());
    }
    co_return parts_.patience;
}

asio::awaitable<std::optional<core::Timestamp>> Deliveries::run_once() {
    const core::Timestamp now = parts_.clock.now();
    // Many that wait for one that hangs must not hide the others.
    for (std::size_t window = most_at_once;; window *= 2) {
        const std::size_t limit = window + under_way_.size();
        ended_since_.clear();
        auto due = co_await parts_.pool.run([this, now, limit] {
            return parts_.store.due_callbacks(now, limit);
        });
        const bool is_all = due.size() < limit;
        const bool has_begun = begin_some(std::move(due));
        if (has_begun || is_all || under_way_.size() >= most_at_once) break;
    }
    co_return co_await parts_.pool.run([this] { return parts_.store.next_callback_due(); });
}

bool Deliveries::begin_some(std::vector<store::CallbackRecord> due) {
    const std::size_t before = under_way_.size();
    for (auto& record : due) {
        if (may_begin(record)) begin(std::move(record));
    }
    return under_way_.size() > before;
}

bool Deliveries::may_begin(const store::CallbackRecord& record) const {
    // It was read before its end was stored; the next look knows how it stands.
    if (ended_since_.contains(record.id)) return false;
    if (under_way_.size() >= most_at_once || under_way_.contains(record.id)) return false;
    const Happening own(record);
    return std::ranges::none_of(under_way_ | std::views::values, [&](const Happening& other) {
        return other.key == own.key && other != own;
    });
}

void Deliveries::begin(store::CallbackRecord record) {
    const std::int64_t id = record.id;
    under_way_.emplace(id, record);
    asio::co_spawn(
        parts_.executor,
        [this, record = std::move(record)]() -> asio::awaitable<void> { co_await deliver(record); },
        [this, id](const std::exception_ptr& failure) {
            under_way_.erase(id);
            ended_since_.insert(id);
            nudge_.notify();
            ended_.notify();
            if (failure) spdlog::error("callback id={} was left in the middle", id);
        }
    );
}

asio::awaitable<void> Deliveries::deliver(store::CallbackRecord record) {
    core::Result<void> outcome;
    bool is_away = false;
    try {
        outcome = co_await threads_.run([this, &record]() -> core::Result<void> {
            if (abandoned_) return {};
            return parts_.carry_out(record, abandoned_);
        });
    } catch (const postgres::DatabaseError& error) {
        is_away = error.kind() != postgres::FailureKind::bug;
        outcome = core::fail(core::Errc::unavailable, "the metadata database does not answer");
    } catch (const std::exception& error) {
        outcome = core::fail(core::Errc::internal, error.what());
    }
    // How it would have ended is not known; it is called again.
    if (abandoned_) co_return;
    if (is_away) co_return co_await pause();
    const auto after = after_try(record, outcome, parts_.rules, parts_.clock.now());
    log_end(after);
    co_await keep(after);
}

/// For as long as it takes: what is not stored is called again.
asio::awaitable<void> Deliveries::keep(store::CallbackRecord record) {
    while (!abandoned_) {
        try {
            co_await parts_.pool.run([this, &record] { parts_.store.update_callback(record); });
            co_return;
        } catch (const postgres::DatabaseError& error) {
            if (error.kind() == postgres::FailureKind::bug) throw;
        }
        co_await pause();
    }
}

asio::awaitable<void> Deliveries::pause() {
    asio::steady_timer timer(parts_.executor, parts_.patience);
    co_await timer.async_wait(async::quietly);
}

}  // namespace reel::executor
