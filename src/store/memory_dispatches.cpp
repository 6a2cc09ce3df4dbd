#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "reel/store/dispatch_store.hpp"

namespace reel::store {

namespace {

constexpr core::Duration longest_memory = std::chrono::days(1);

/// One attempt with everything that a row has.
struct MemoryDispatch {
    DispatchRecord record;
    core::Timestamp lease_until;
    DispatchNews news;  ///< what can be told so far
};

struct MemoryWorker {
    WorkerRecord record;
    core::Timestamp lease_until;
};

class MemoryDispatchStore final : public DispatchStore {
  public:
    explicit MemoryDispatchStore(const core::Clock& clock) : clock_(clock) {}

    void offer(const std::vector<DispatchOffer>& offers) override;
    void cancel(const std::vector<core::AttemptId>& attempts) override;
    void forget(const std::vector<core::AttemptId>& attempts) override;
    std::vector<DispatchNews> read_news(const SeenDispatches& seen) override;
    std::size_t expire() override;
    std::vector<DispatchOffer> claim(
        const WorkerId& worker,
        const std::vector<std::string>& queues,
        core::Duration lease,
        std::size_t limit
    ) override;
    Renewal renew(const WorkerBeat& beat) override;
    std::vector<core::AttemptId> report(
        const WorkerId& worker, const std::vector<DispatchReport>& reports
    ) override;
    std::vector<DispatchRecord> list_dispatches(const std::optional<WorkerId>& claimed_by) override;
    std::vector<WorkerRecord> list_workers() override;

  private:
    void end(MemoryDispatch& dispatch, DispatchEnd how, core::JsonText body = {});
    [[nodiscard]] bool is_live(const core::TaskKey& key) const;
    bool accept(const WorkerId& worker, const DispatchReport& report);

    const core::Clock& clock_;
    std::mutex mutex_;
    std::map<core::AttemptId, MemoryDispatch> dispatches_;
    std::map<WorkerId, MemoryWorker> workers_;
};

void MemoryDispatchStore::end(MemoryDispatch& dispatch, DispatchEnd how, core::JsonText body) {
    dispatch.record.state = DispatchState::ended;
    dispatch.news.end = how;
    dispatch.news.ended = std::move(body);
    dispatch.news.ended_at = clock_.now();
}

void MemoryDispatchStore::offer(const std::vector<DispatchOffer>& offers) {
    const std::scoped_lock lock(mutex_);
    for (const DispatchOffer& offer : offers) {
        MemoryDispatch made;
        made.record.offer = offer;
        made.news.attempt = offer.attempt;
        dispatches_.emplace(offer.attempt, std::move(made));
    }
}

void MemoryDispatchStore::cancel(const std::vector<core::AttemptId>& attempts) {
    const std::scoped_lock lock(mutex_);
    for (const core::AttemptId attempt : attempts) {
        const auto found = dispatches_.find(attempt);
        if (found == dispatches_.end()) continue;
        DispatchRecord& record = found->second.record;
        if (record.state != DispatchState::ended) record.cancel_requested = true;
        if (record.state == DispatchState::queued) end(found->second, DispatchEnd::cancelled);
    }
}

void MemoryDispatchStore::forget(const std::vector<core::AttemptId>& attempts) {
    const std::scoped_lock lock(mutex_);
    for (const core::AttemptId attempt : attempts) {
        const auto found = dispatches_.find(attempt);
        if (found == dispatches_.end()) continue;
        if (found->second.record.state == DispatchState::ended) dispatches_.erase(found);
    }
}

std::vector<DispatchNews> MemoryDispatchStore::read_news(const SeenDispatches& seen) {
    const std::scoped_lock lock(mutex_);
    const std::set<core::AttemptId> started(seen.started.begin(), seen.started.end());
    const std::set<core::AttemptId> ended(seen.ended.begin(), seen.ended.end());
    std::vector<DispatchNews> news;
    for (const auto& [attempt, dispatch] : dispatches_) {
        const bool new_start = dispatch.news.started && !started.contains(attempt);
        const bool new_end = dispatch.news.end && !ended.contains(attempt);
        if (new_start || new_end) news.push_back(dispatch.news);
    }
    return news;
}

std::size_t MemoryDispatchStore::expire() {
    const std::scoped_lock lock(mutex_);
    std::size_t count = 0;
    for (auto& [attempt, dispatch] : dispatches_) {
        if (dispatch.record.state != DispatchState::claimed) continue;
        if (dispatch.lease_until >= clock_.now()) continue;
        end(dispatch, DispatchEnd::expired);
        ++count;
    }
    std::erase_if(workers_, [&](const auto& each) {
        return each.second.record.heartbeat < clock_.now() - longest_memory;
    });
    return count;
}

bool MemoryDispatchStore::is_live(const core::TaskKey& key) const {
    return std::ranges::any_of(dispatches_, [&](const auto& each) {
        const DispatchRecord& record = each.second.record;
        return record.state == DispatchState::claimed && record.offer.key == key;
    });
}

std::vector<DispatchOffer> MemoryDispatchStore::claim(
    const WorkerId& worker,
    const std::vector<std::string>& queues,
    core::Duration lease,
    std::size_t limit
) {
    const std::scoped_lock lock(mutex_);
    std::vector<MemoryDispatch*> waiting;
    for (auto& [attempt, dispatch] : dispatches_) {
        const bool served = std::ranges::find(queues, dispatch.record.offer.queue) != queues.end();
        if (dispatch.record.state == DispatchState::queued && served) waiting.push_back(&dispatch);
    }
    std::ranges::sort(waiting, {}, [](const MemoryDispatch* each) {
        const DispatchOffer& offer = each->record.offer;
        return std::pair(-std::int64_t{offer.priority}, offer.attempt);
    });
    std::vector<DispatchOffer> claimed;
    for (MemoryDispatch* const each : waiting) {
        if (claimed.size() >= limit) break;
        if (is_live(each->record.offer.key)) continue;
        each->record.state = DispatchState::claimed;
        each->record.worker = worker;
        each->news.worker = worker;
        each->lease_until = clock_.now() + lease;
        claimed.push_back(each->record.offer);
    }
    return claimed;
}

Renewal MemoryDispatchStore::renew(const WorkerBeat& beat) {
    const std::scoped_lock lock(mutex_);
    const core::Timestamp now = clock_.now();
    auto& worker = workers_[beat.id];
    const bool is_new = worker.record.id.empty() || worker.record.pid != beat.pid;
    worker.record = {
        .id = beat.id,
        .hostname = beat.hostname,
        .pid = beat.pid,
        .queues = beat.queues,
        .concurrency = beat.concurrency,
        .state = beat.state,
        .started_at = is_new ? now : worker.record.started_at,
        .heartbeat = now,
    };
    worker.lease_until = now + beat.lease;
    Renewal renewal;
    for (auto& [attempt, dispatch] : dispatches_) {
        if (dispatch.record.state != DispatchState::claimed) continue;
        if (dispatch.record.worker != beat.id) continue;
        dispatch.lease_until = now + beat.lease;
        renewal.held.push_back(attempt);
        if (dispatch.record.cancel_requested) renewal.cancelled.push_back(attempt);
    }
    return renewal;
}

bool MemoryDispatchStore::accept(const WorkerId& worker, const DispatchReport& report) {
    const auto found = dispatches_.find(report.attempt);
    if (found == dispatches_.end() || found->second.record.worker != worker) return false;
    MemoryDispatch& dispatch = found->second;
    if (dispatch.record.state == DispatchState::ended) {
        const bool is_ours = dispatch.news.end == DispatchEnd::reported;
        return is_ours &&
               (report.kind == ReportKind::started ||
                (report.kind == ReportKind::ended && dispatch.news.ended == report.body));
    }
    if (dispatch.record.state != DispatchState::claimed) return false;
    if (report.kind == ReportKind::started) {
        dispatch.news.started = report.body;
    } else {
        end(dispatch, DispatchEnd::reported, report.body);
    }
    return true;
}

std::vector<core::AttemptId> MemoryDispatchStore::report(
    const WorkerId& worker, const std::vector<DispatchReport>& reports
) {
    const std::scoped_lock lock(mutex_);
    std::set<core::AttemptId> refused;
    for (const DispatchReport& each : reports) {
        if (!accept(worker, each)) refused.insert(each.attempt);
    }
    return {refused.begin(), refused.end()};
}

std::vector<DispatchRecord> MemoryDispatchStore::list_dispatches(
    const std::optional<WorkerId>& claimed_by
) {
    const std::scoped_lock lock(mutex_);
    std::vector<DispatchRecord> records;
    for (const auto& [attempt, dispatch] : dispatches_) {
        const DispatchRecord& record = dispatch.record;
        const bool is_wanted =
            !claimed_by || (record.state == DispatchState::claimed && record.worker == *claimed_by);
        if (is_wanted) records.push_back(record);
    }
    return records;
}

std::vector<WorkerRecord> MemoryDispatchStore::list_workers() {
    const std::scoped_lock lock(mutex_);
    std::vector<WorkerRecord> records;
    for (const auto& [id, worker] : workers_) {
        WorkerRecord record = worker.record;
        record.is_live = record.state != WorkerState::stopped && worker.lease_until >= clock_.now();
        record.claimed = static_cast<int>(std::ranges::count_if(dispatches_, [&](const auto& each) {
            const DispatchRecord& dispatch = each.second.record;
            return dispatch.state == DispatchState::claimed && dispatch.worker == id;
        }));
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace

std::unique_ptr<DispatchStore> make_memory_dispatch_store(const core::Clock& clock) {
    return std::make_unique<MemoryDispatchStore>(clock);
}

}  // namespace reel::store
