#include "backfills.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace reel::scheduler {

using core::Timestamp;

std::size_t Backfills::Open::room() const {
    const auto limit = static_cast<std::size_t>(record.max_active_runs);
    return running.size() < limit ? limit - running.size() : 0;
}

Backfills::Open* Backfills::find_open(store::BackfillId id) {
    const auto found = std::ranges::find_if(open_, [&](const auto& entry) {
        return entry.second.record.id == id;
    });
    return found == open_.end() ? nullptr : &found->second;
}

Backfills::Open* Backfills::open_of(const core::DagId& dag_id, const core::RunId& run_id) {
    const auto found = open_.find(dag_id);
    const bool belongs = found != open_.end() && found->second.runs.contains(run_id);
    return belongs ? &found->second : nullptr;
}

void Backfills::take_up(store::OpenBackfill open) {
    const core::DagId dag_id = open.backfill.dag_id;
    if (open_.contains(dag_id) || closed_.contains(open.backfill.id)) return;
    Open& entry = open_[dag_id];
    entry.record = std::move(open.backfill);
    for (auto& fire : open.runs) {
        if (fire.run_id) entry.runs.insert(*fire.run_id);
        if (fire.is_pending()) entry.pending.push_back(std::move(fire));
    }
}

const store::BackfillRecord* Backfills::find(store::BackfillId id) const {
    for (const auto& [dag_id, open] : open_) {
        if (open.record.id == id) return &open.record;
    }
    return nullptr;
}

const store::BackfillRecord* Backfills::find(const core::DagId& dag_id) const {
    const auto found = open_.find(dag_id);
    return found == open_.end() ? nullptr : &found->second.record;
}

const store::BackfillRecord& Backfills::set_paused(
    store::BackfillId id, bool paused, Timestamp now
) {
    store::BackfillRecord& record = find_open(id)->record;
    if (record.is_paused != paused) {
        record.is_paused = paused;
        record.updated_at = now;
        changed_.push_back(record);
    }
    return record;
}

store::BackfillRecord Backfills::cancel(store::BackfillId id, Timestamp now) {
    store::BackfillRecord record = find_open(id)->record;
    record.is_paused = true;
    close(record, now);
    open_.erase(record.dag_id);
    return record;
}

void Backfills::close(store::BackfillRecord& record, Timestamp now) {
    record.completed_at = now;
    record.updated_at = now;
    changed_.push_back(record);
    closed_.insert(record.id);
}

std::vector<BackfillWish> Backfills::wishes(const MayBegin& may_begin) const {
    std::vector<BackfillWish> wishes;
    for (const auto& [dag_id, open] : open_) {
        if (open.record.is_paused || open.pending.empty() || !may_begin(dag_id)) continue;
        const std::size_t taken = std::min(open.room(), open.queued.size());
        const std::size_t count = std::min(open.room() - taken, open.pending.size());
        for (std::size_t i = 0; i < count && wishes.size() < most_wishes; ++i) {
            const store::BackfillRunRecord& fire = open.pending[i];
            wishes.push_back({open.record.id, fire.sort_ordinal, dag_id, fire.logical_date});
        }
    }
    return wishes;
}

std::optional<store::BackfillRunRecord> Backfills::take(const BackfillWish& wish) {
    Open* open = find_open(wish.backfill_id);
    if (open == nullptr || open->record.is_paused || open->room() == 0) return std::nullopt;
    const auto found = std::ranges::find(
        open->pending, wish.sort_ordinal, &store::BackfillRunRecord::sort_ordinal
    );
    if (found == open->pending.end()) return std::nullopt;
    auto fire = std::move(*found);
    open->pending.erase(found);
    return fire;
}

void Backfills::decide(store::BackfillRunRecord fire, const core::RunId& run_id) {
    open_.at(fire.dag_id).runs.insert(run_id);
    fire.run_id = run_id;
    decided_.push_back(std::move(fire));
}

void Backfills::decide_against(store::BackfillRunRecord fire, std::string reason) {
    fire.exception_reason = std::move(reason);
    decided_.push_back(std::move(fire));
}

bool Backfills::has(const core::DagId& dag_id, const core::RunId& run_id) const {
    const auto found = open_.find(dag_id);
    return found != open_.end() && found->second.runs.contains(run_id);
}

void Backfills::queue(const core::DagId& dag_id, const core::RunId& run_id) {
    Open* open = open_of(dag_id, run_id);
    if (open == nullptr) return;
    open->running.erase(run_id);
    open->queued.insert(run_id);
}

const std::set<core::RunId>& Backfills::queued(const core::DagId& dag_id) const {
    static const std::set<core::RunId> none;
    const auto found = open_.find(dag_id);
    return found == open_.end() ? none : found->second.queued;
}

std::vector<store::RunName> Backfills::startable(const MayBegin& may_begin) const {
    std::vector<store::RunName> runs;
    for (const auto& [dag_id, open] : open_) {
        if (open.record.is_paused || open.queued.empty() || !may_begin(dag_id)) continue;
        std::size_t room = open.room();
        for (auto run = open.queued.begin(); run != open.queued.end() && room > 0; ++run, --room) {
            runs.push_back({dag_id, *run});
        }
    }
    return runs;
}

void Backfills::begin(const core::DagId& dag_id, const core::RunId& run_id) {
    Open* open = open_of(dag_id, run_id);
    if (open == nullptr) return;
    open->queued.erase(run_id);
    open->running.insert(run_id);
}

void Backfills::end(const core::DagId& dag_id, const core::RunId& run_id) {
    Open* open = open_of(dag_id, run_id);
    if (open == nullptr) return;
    open->queued.erase(run_id);
    open->running.erase(run_id);
}

void Backfills::flush(store::Commit& commit, Timestamp now) {
    for (auto entry = open_.begin(); entry != open_.end();) {
        const bool is_done = entry->second.is_done();
        if (is_done) close(entry->second.record, now);
        entry = is_done ? open_.erase(entry) : std::next(entry);
    }
    commit.backfills = std::exchange(changed_, {});
    commit.backfill_runs = std::exchange(decided_, {});
}

}  // namespace reel::scheduler
