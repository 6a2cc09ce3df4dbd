// The part of Attempts for what was ended by decree in an earlier life and may still live.

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "attempts.hpp"
#include "reel/async/quietly.hpp"

namespace reel::executor {

namespace asio = boost::asio;

/// What our own runner has of them is nobody's, and ended when it is met.
void Attempts::end_lingering(const std::vector<store::LingeringAttempt>& attempts) {
    for (const store::LingeringAttempt& each : attempts) {
        Lingering& lingering = lingering_[each.attempt];
        lingering.key = each.key;
        const auto wait = elsewhere(each.attempt);
        if (!wait) {
            continue;
        }
        lingering.pause = std::make_shared<asio::steady_timer>(io_, *wait);
        spawn(
            "outlasting a process of another home",
            [this, attempt = each.attempt, timer = lingering.pause]() -> asio::awaitable<void> {
                co_await timer->async_wait(async::quietly);
                if (!stopping_) {
                    tell_gone(attempt);
                }
            }
        );
    }
}

void Attempts::reconcile_lingering(const runner::RunnerInventory& inventory) {
    std::vector<core::AttemptId> gone;
    for (const auto& [attempt, lingering] : lingering_) {
        const auto process =
            std::ranges::find(inventory.running, attempt, &runner::ProcessStart::attempt);
        if (!lingering.pause && process == inventory.running.end()) {
            gone.push_back(attempt);
        }
    }
    std::ranges::for_each(gone, [this](core::AttemptId attempt) { tell_gone(attempt); });
}

/// Ignored for what does not linger.
void Attempts::tell_gone(core::AttemptId attempt) {
    auto found = lingering_.extract(attempt);
    if (!found) {
        return;
    }
    if (found.mapped().pause) {
        found.mapped().pause->cancel();
    }
    if (listener_.ended) {
        listener_.ended(scheduler::end_of_lingering(attempt, std::move(found.mapped().key)));
    }
}

std::size_t Attempts::out_of_reach() const {
    const auto is_elsewhere = [](const auto& entry) {
        return entry.second.stage == AttemptStage::elsewhere;
    };
    // What is on record is ended by whoever meets the runner next.
    const auto is_outlasted = [this](const auto& entry) {
        return entry.second.pause != nullptr || !attached_;
    };
    return static_cast<std::size_t>(
        std::ranges::count_if(live_, is_elsewhere) + std::ranges::count_if(lingering_, is_outlasted)
    );
}

}  // namespace reel::executor
