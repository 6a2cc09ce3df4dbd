#include "dispatch_book.hpp"

#include <algorithm>
#include <utility>

#include "report_json.hpp"

namespace reel::worker {

using scheduler::AttemptEnded;
using scheduler::TaskOutcome;

void DispatchBook::start(const scheduler::AttemptOrder& order) {
    if (ended_.contains(order.attempt)) return;
    const core::Task& task = order.task();
    const auto [live, is_new] =
        live_.emplace(order.attempt, Live{.key = order.key, .queue = task.queue});
    if (!is_new) return;
    work_.offers.push_back({
        .attempt = order.attempt,
        .key = order.key,
        .try_number = order.try_number,
        .dag_version = order.dag->version,
        .queue = task.queue,
        .priority = order.priority,
    });
}

void DispatchBook::cancel(core::AttemptId attempt) {
    if (live_.contains(attempt)) work_.cancels.push_back(attempt);
}

void DispatchBook::release(core::AttemptId attempt) {
    if (ended_.erase(attempt) > 0) work_.forgets.push_back(attempt);
}

std::vector<AttemptEnded> DispatchBook::end_lingering(
    const std::vector<store::LingeringAttempt>& attempts,
    const std::vector<store::DispatchRecord>& there
) {
    std::vector<AttemptEnded> gone;
    for (const auto& each : attempts) {
        const auto row = std::ranges::find(there, each.attempt, [](const auto& record) {
            return record.offer.attempt;
        });
        if (row != there.end()) {
            live_.emplace(each.attempt, Live{.key = each.key, .queue = row->offer.queue});
            work_.cancels.push_back(each.attempt);
            continue;
        }
        gone.push_back(scheduler::end_of_lingering(each.attempt, each.key));
    }
    return gone;
}

void DispatchBook::adopt(
    const std::vector<scheduler::AttemptOrder>& orders,
    const std::vector<store::DispatchRecord>& there
) {
    std::set<core::AttemptId> rows;
    for (const auto& record : there) rows.insert(record.offer.attempt);
    for (const auto& order : orders) {
        if (rows.erase(order.attempt) == 0) {
            start(order);
        } else {
            live_.emplace(order.attempt, Live{.key = order.key, .queue = order.task().queue});
        }
    }
    for (const core::AttemptId stray : rows) {
        if (live_.contains(stray)) continue;
        strays_.insert(stray);
        work_.cancels.push_back(stray);
    }
}

DispatchWork DispatchBook::take_work() {
    return std::exchange(work_, {});
}

store::SeenDispatches DispatchBook::seen() const {
    store::SeenDispatches seen;
    for (const auto& [attempt, live] : live_) {
        if (live.started) seen.started.push_back(attempt);
    }
    for (const auto* const over : {&ended_, &foreign_}) {
        std::ranges::copy(*over, std::back_inserter(seen.started));
        std::ranges::copy(*over, std::back_inserter(seen.ended));
    }
    std::ranges::copy(strays_, std::back_inserter(seen.started));
    return seen;
}

std::vector<DispatchEvent> DispatchBook::read(const std::vector<store::DispatchNews>& news) {
    std::vector<DispatchEvent> events;
    for (const auto& each : news) {
        if (live_.contains(each.attempt)) {
            read_one(each, events);
        } else if (each.end && strays_.erase(each.attempt) > 0) {
            work_.forgets.push_back(each.attempt);
        } else if (each.end && !ended_.contains(each.attempt)) {
            foreign_.insert(each.attempt);
        }
    }
    return events;
}

void DispatchBook::read_one(const store::DispatchNews& news, std::vector<DispatchEvent>& events) {
    Live& live = live_.at(news.attempt);
    if (news.started && !std::exchange(live.started, true)) {
        // A start that cannot be read is missing, as that of a process that never ran.
        if (auto started = read_started(news.attempt, live.key, *news.started)) {
            events.emplace_back(*std::move(started));
        }
    }
    if (!news.end) return;
    events.emplace_back(meaning_of(news, live.key));
    live_.erase(news.attempt);
    ended_.insert(news.attempt);
}

AttemptEnded meaning_of(const store::DispatchNews& news, const core::TaskKey& key) {
    AttemptEnded ended;
    ended.attempt = news.attempt;
    ended.key = key;
    ended.at = news.ended_at;
    switch (*news.end) {
        case store::DispatchEnd::reported: {
            auto reported = read_ended(news.attempt, key, news.ended);
            if (reported) return *std::move(reported);
            ended.outcome = TaskOutcome::lost;
            ended.message = reported.error().describe();
            break;
        }
        case store::DispatchEnd::cancelled:
            ended.outcome = TaskOutcome::cancelled;
            ended.message = "ended on request before it began";
            break;
        case store::DispatchEnd::expired:
            ended.outcome = TaskOutcome::lost;
            ended.message = "nothing was heard of its worker '" + news.worker + "' for too long";
            break;
    }
    return ended;
}

std::optional<std::string> DispatchBook::explain(
    core::AttemptId attempt, const std::vector<store::WorkerRecord>& workers
) const {
    const auto found = live_.find(attempt);
    if (found == live_.end() || found->second.started) return std::nullopt;
    const std::string& queue = found->second.queue;
    std::size_t serving = 0;
    std::size_t free = 0;
    for (const auto& worker : workers) {
        const bool serves = worker.is_live && worker.state == store::WorkerState::running &&
                            std::ranges::find(worker.queues, queue) != worker.queues.end();
        if (!serves) continue;
        ++serving;
        if (worker.claimed < worker.concurrency) ++free;
    }
    if (serving == 0) {
        return "no live worker serves queue '" + queue + "'; `reel worker --queues " + queue +
               "` starts one";
    }
    if (free == 0) {
        return "all places of the " + std::to_string(serving) + " workers of queue '" + queue +
               "' are taken";
    }
    return "it is in queue '" + queue + "', about to be claimed";
}

}  // namespace reel::worker
