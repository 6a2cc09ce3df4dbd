// The half of Attempts that talks with the runner.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <ranges>
#include <utility>

#include "attempt_log.hpp"
#include "attempts.hpp"
#include "outcome.hpp"
#include "reel/async/quietly.hpp"

namespace reel::executor {

namespace asio = boost::asio;
using scheduler::TaskOutcome;

namespace {

template <class Entry>
const Entry* find(const std::vector<Entry>& entries, core::AttemptId attempt) {
    const auto found = std::ranges::find(entries, attempt, &Entry::attempt);
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace

void Attempts::hand_over(LiveAttempt& live) {
    // What is no longer ours to start is the next leader's.
    if (!may_act()) {
        live.stage = AttemptStage::ready;
        return;
    }
    live.stage = AttemptStage::handed_over;
    client_->start(live.process);
}

void Attempts::connect() {
    if (attached_ || connecting_ || stopping_) {
        return;
    }
    connecting_ = true;
    gave_up_ = false;
    spawn("reaching the runner", [this] { return keep_connecting(); });
}

asio::awaitable<void> Attempts::keep_connecting() {
    for (int tries = 1; !stopping_ && may_act(); ++tries) {
        const auto inventory = co_await client_->attach();
        // The processes of somebody who leads now are no strays.
        if (stopping_ || !may_act()) {
            co_return;
        }
        if (inventory) {
            attached_ = true;
            connecting_ = false;
            reconcile(*inventory);
            settled_.notify();
            co_return;
        }
        spdlog::error(
            "cannot reach the runner try={} reason={}", tries, inventory.error().describe()
        );
        if (tries >= ports_.patience) {
            give_up(inventory.error());
        }
        if (gave_up_ && !has_business()) {
            break;
        }
        reconnect_.expires_after(ports_.backoff(tries));
        co_await reconnect_.async_wait(async::quietly);
    }
    connecting_ = false;
}

/// What never began may fail and be tried elsewhere or later; what may still run must be waited
/// for. A runner of another version makes room by itself.
void Attempts::give_up(const core::Error& error) {
    gave_up_ = true;
    settled_.notify();
    if (error.code == core::Errc::conflict) {
        return;
    }
    std::vector<core::AttemptId> unbegun;
    for (const auto& [attempt, live] : live_) {
        if (live.stage == AttemptStage::ready) {
            unbegun.push_back(attempt);
        }
    }
    for (const core::AttemptId attempt : unbegun) {
        end_without_process(
            attempt, TaskOutcome::failed, "the runner cannot be reached: " + error.describe()
        );
    }
}

void Attempts::reconcile(const runner::RunnerInventory& inventory) {
    std::vector<core::AttemptId> attempts(live_.size());
    std::ranges::copy(std::views::keys(live_), attempts.begin());
    for (const auto& process : inventory.running) {
        // One that ended after the runner took stock has been reported already.
        const bool is_over = reported_.contains(process.attempt) || gone_.contains(process.attempt);
        if (!live_.contains(process.attempt) && !is_over) {
            spdlog::warn("ending a process that is nobody's attempt={}", process.attempt);
            strays_.insert(process.attempt);
            client_->cancel(process.attempt);
        }
    }
    gone_.clear();
    for (const auto& exit : inventory.ended) {
        on_exit(exit);
    }
    for (const core::AttemptId attempt : attempts) {
        const auto found = live_.find(attempt);
        if (found == live_.end()) {
            continue;
        }
        const auto* const process = find(inventory.running, attempt);
        if (process == nullptr) {
            reconcile_unknown(found->second);
            continue;
        }
        found->second.stage = AttemptStage::handed_over;
        if (found->second.cancel_requested) {
            client_->cancel(attempt);
        }
        on_start(*process);
    }
    reconcile_lingering(inventory);
}

/// An attempt that the runner does not know. It journals a start before it spawns, so the attempt
/// never began, unless its start was told, to us or in an earlier life: then runner and journal are
/// gone.
void Attempts::reconcile_unknown(LiveAttempt& live) {
    const core::AttemptId attempt = live.order.attempt;
    if (live.stage == AttemptStage::preparing || live.stage == AttemptStage::elsewhere) {
        return;
    }
    if (live.started || live.order.started_at) {
        end_without_process(
            attempt, TaskOutcome::lost, "its runner ended and nothing is known of its process"
        );
    } else if (live.cancel_requested) {
        end_without_process(attempt, TaskOutcome::cancelled, "ended on request before it began");
    } else if (live.stage == AttemptStage::adopted) {
        begin(live);
    } else {
        hand_over(live);
    }
}

/// The other home's runner ends what nobody holds; until it has, the attempt counts as alive.
asio::awaitable<void> Attempts::outlast(core::AttemptId attempt, core::Duration wait) {
    const auto timer = std::make_shared<asio::steady_timer>(io_, wait);
    live_.at(attempt).pause = timer;
    co_await timer->async_wait(async::quietly);
    const auto found = live_.find(attempt);
    if (stopping_ || found == live_.end() || found->second.stage != AttemptStage::elsewhere) {
        co_return;
    }
    const bool is_cancelled = found->second.cancel_requested;
    end_without_process(
        attempt,
        is_cancelled ? TaskOutcome::cancelled : TaskOutcome::lost,
        "the host that ran it does not lead any more, nothing is known of its process"
    );
}

void Attempts::on_start(const runner::ProcessStart& start) {
    const auto found = live_.find(start.attempt);
    if (found != live_.end()) {
        report_started(found->second, start.at, start.pid);
    }
}

void Attempts::on_exit(const runner::ProcessExit& exit) {
    if (strays_.erase(exit.attempt) > 0) {
        settled_.notify();
    }
    const auto found = live_.find(exit.attempt);
    if (found == live_.end()) {
        // Reported and not yet released, or nobody's.
        if (!reported_.contains(exit.attempt)) {
            client_->acknowledge(exit.attempt);
            if (!attached_) {
                gone_.insert(exit.attempt);
            }
            tell_gone(exit.attempt);
        }
        return;
    }
    LiveAttempt& live = found->second;
    if (exit.end != runner::ProcessEnd::not_started) {
        report_started(live, exit.started_at, exit.pid);
    }
    reported_.insert(exit.attempt);
    const bool has_times = exit.started_at.time_since_epoch().count() != 0;
    end(live,
        interpret_exit(live.order, exit),
        has_times ? exit.ended_at - exit.started_at : core::Duration{});
}

void Attempts::on_lost(const std::string& reason) {
    spdlog::error("the runner is gone reason={}", reason);
    attached_ = false;
    // The next runner has ended them before it answers.
    strays_.clear();
    settled_.notify();
    if (has_business()) {
        connect();
    }
}

void Attempts::report_started(LiveAttempt& live, core::Timestamp at, int pid) {
    if (std::exchange(live.started, true)) {
        return;
    }
    live.process = {};
    if (listener_.started) {
        listener_.started(scheduler::AttemptStarted{
            .attempt = live.order.attempt,
            .key = live.order.key,
            .at = at,
            .pid = pid,
            .hostname = ports_.hostname,
        });
    }
}

void Attempts::end_without_process(
    core::AttemptId attempt, TaskOutcome outcome, std::string message
) {
    LiveAttempt& live = live_.at(attempt);
    const core::Timestamp now = ports_.clock->now();
    scheduler::AttemptEnded ended{
        .attempt = attempt,
        .key = live.order.key,
        .outcome = outcome,
        .at = now,
        .message = std::move(message),
        .xcoms = {},
    };
    end(live, std::move(ended), now - live.began_at);
}

void Attempts::end_decided(LiveAttempt& live, Decided decided) {
    const core::Timestamp now = ports_.clock->now();
    report_started(live, live.began_at, 0);
    scheduler::AttemptEnded ended{
        .attempt = live.order.attempt, .key = live.order.key, .at = now, .message = {}, .xcoms = {}
    };
    ended.branch = std::move(decided.branch);
    end(live, std::move(ended), now - live.began_at);
}

void Attempts::end(LiveAttempt& live, scheduler::AttemptEnded ended, core::Duration elapsed) {
    ended.message = live.mask.apply(std::move(ended.message));
    if (live.order.task().operator_name != "empty") {
        // Where there was a process, the runner has written the header.
        const bool is_first_line =
            live.stage == AttemptStage::preparing || live.stage == AttemptStage::ready;
        append_to_log(
            find_log(options_.logs, live.order.key, live.order.try_number),
            (is_first_line ? header_line(live.order, ports_.hostname, live.began_at) : "") +
                footer_line(ended, elapsed)
        );
    }
    live_.erase(ended.attempt);
    if (listener_.ended) {
        listener_.ended(std::move(ended));
    }
}

}  // namespace reel::executor
