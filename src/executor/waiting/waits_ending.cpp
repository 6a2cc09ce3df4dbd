// How a wait ends, and what is said of it meanwhile.

#include <fmt/format.h>

#include <utility>

#include "executor/attempt_log.hpp"
#include "waits.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;

void Waits::give_up(core::AttemptId attempt, TaskOutcome outcome, const std::string& words) {
    if (live_.at(attempt).wait->rules.soft_fail) {
        return end(attempt, TaskOutcome::skipped, fmt::format("{} (soft_fail)", words));
    }
    fail(attempt, outcome, words);
}

void Waits::fail(core::AttemptId attempt, TaskOutcome outcome, const std::string& words) {
    if (live_.at(attempt).wait->rules.never_fail) {
        return end(attempt, TaskOutcome::skipped, fmt::format("{} (never_fail)", words));
    }
    end(attempt, outcome, words);
}

void Waits::end(
    core::AttemptId attempt,
    TaskOutcome outcome,
    std::string message,
    const std::map<std::string, Json>& xcoms
) {
    const Live& live = live_.at(attempt);
    const core::Timestamp now = ports_.clock->now();
    scheduler::AttemptEnded ended{
        .attempt = attempt,
        .key = live.order.key,
        .outcome = outcome,
        .at = now,
        .message = live.mask.apply(std::move(message)),
        .xcoms = {}
    };
    const auto push = [&](const std::string& name, const Json& value) {
        ended.xcoms.push_back(
            {.key = ended.key, .name = name, .value = to_text(without_nul(value)), .at = now}
        );
    };
    if (outcome == TaskOutcome::succeeded && live.order.task().do_xcom_push) {
        for (const auto& [name, value] : xcoms) {
            push(name, value);
        }
    }
    if (live.wait && outcome == TaskOutcome::succeeded) {
        const auto* const trigger = std::get_if<TriggerRun>(&live.wait->condition);
        if (trigger != nullptr) {
            push("trigger_run_id", trigger->request.run_id->str());
        }
    }
    append_to_log(
        find_log(options_.logs, ended.key, live.order.try_number),
        footer_line(ended, now - live.began)
    );
    forget(attempt);
    if (listener_.ended) {
        listener_.ended(std::move(ended));
    }
}

void Waits::forget(core::AttemptId attempt) {
    const Live& live = live_.at(attempt);
    if (const AskStore* const ask = live.wait ? question_of(live) : nullptr) {
        const auto askers = askers_.find(topic_of(ask->question));
        if (askers != askers_.end()) {
            askers->second.erase(attempt);
        }
        if (askers != askers_.end() && askers->second.empty()) {
            askers_.erase(askers);
        }
    }
    list_.remove(attempt);
    live_.erase(attempt);
}

void Waits::cancel(core::AttemptId attempt) {
    if (find(attempt) != nullptr) {
        end(attempt, TaskOutcome::cancelled, "ended on request");
    }
}

/// What is seen again and again is said once.
void Waits::say(Live& live, const std::string& words) {
    if (words != live.last_words) {
        live.last_words = words;
        write_log(live, words);
    }
}

void Waits::write_log(const Live& live, const std::string& words) const {
    append_to_log(
        find_log(options_.logs, live.order.key, live.order.try_number),
        log_line(ports_.clock->now(), "INFO", live.mask.apply(words))
    );
}

std::optional<std::string> Waits::explain(core::AttemptId attempt) const {
    const auto found = live_.find(attempt);
    if (found == live_.end() || !found->second.wait) {
        return std::nullopt;
    }
    const Live& live = found->second;
    std::string text = "it waits for " + live.wait->what;
    if (!live.last_words.empty()) {
        text += "; last seen: " + live.last_words;
    }
    const auto due = list_.due_of(attempt);
    if (due && !std::holds_alternative<UntilMoment>(live.wait->condition)) {
        text += "; it looks again at " + core::format_iso(*due);
    }
    if (const auto deadline = deadline_of(live)) {
        text += "; it times out at " + core::format_iso(*deadline);
    }
    return live.mask.apply(std::move(text));
}

}  // namespace reel::executor
