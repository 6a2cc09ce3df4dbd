#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reel/store/run_store.hpp"

namespace reel::scheduler {

/// A fire of a backfill that may become a run now. Whether it does depends on the run that the
/// store may have for its date.
struct BackfillWish {
    store::BackfillId backfill_id = 0;
    int sort_ordinal = 1;
    core::DagId dag_id;
    core::Timestamp logical_date;
};

/// The open backfills: which of their fires are still to come, and which of their runs are active.
/// A year of daily fires waits here as rows, not as runs. Knows runs by their ids alone, and what
/// it owes the store.
class Backfills final {
  public:
    /// So many wishes at most at one time, over all backfills, as Airflow's
    /// max_dagruns_to_create_per_loop.
    static constexpr std::size_t most_wishes = 10;

    /// One that is known already stays as it is, and one that has completed stays so: the store may
    /// not have heard of it yet.
    void take_up(store::OpenBackfill open);
    void drop(const core::DagId& dag_id) { open_.erase(dag_id); }
    [[nodiscard]] const store::BackfillRecord* find(store::BackfillId id) const;
    [[nodiscard]] const store::BackfillRecord* find(const core::DagId& dag_id) const;
    [[nodiscard]] bool is_open(const core::DagId& dag_id) const { return open_.contains(dag_id); }

    const store::BackfillRecord& set_paused(store::BackfillId id, bool paused, core::Timestamp now);
    /// Completes it: what is pending never comes.
    store::BackfillRecord cancel(store::BackfillId id, core::Timestamp now);

    // --- fires
    using MayBegin = std::function<bool(const core::DagId&)>;
    [[nodiscard]] std::vector<BackfillWish> wishes(const MayBegin& may_begin) const;
    /// The fire of a wish, if that still stands; it is no longer pending then.
    std::optional<store::BackfillRunRecord> take(const BackfillWish& wish);
    /// It became this run, which belongs to the backfill from now on.
    void decide(store::BackfillRunRecord fire, const core::RunId& run_id);
    void decide_against(store::BackfillRunRecord fire, std::string reason);

    // --- runs; those that belong to no open backfill are passed over
    [[nodiscard]] bool has(const core::DagId& dag_id, const core::RunId& run_id) const;
    /// Queued again by a person, it waits for its backfill to have room.
    void queue(const core::DagId& dag_id, const core::RunId& run_id);
    [[nodiscard]] const std::set<core::RunId>& queued(const core::DagId& dag_id) const;
    /// Queued runs that may begin now.
    [[nodiscard]] std::vector<store::RunName> startable(const MayBegin& may_begin) const;
    void begin(const core::DagId& dag_id, const core::RunId& run_id);
    void end(const core::DagId& dag_id, const core::RunId& run_id);

    /// What has changed since the last flush; those whose runs have all ended complete with it.
    void flush(store::Commit& commit, core::Timestamp now);

  private:
    struct Open {
        store::BackfillRecord record;
        std::deque<store::BackfillRunRecord> pending;
        std::set<core::RunId> runs;  ///< all it has ever had
        std::set<core::RunId> queued;
        std::set<core::RunId> running;

        [[nodiscard]] std::size_t room() const;
        [[nodiscard]] bool is_done() const {
            return pending.empty() && queued.empty() && running.empty();
        }
    };
    Open* find_open(store::BackfillId id);
    /// Of the DAG, if the run belongs to it.
    Open* open_of(const core::DagId& dag_id, const core::RunId& run_id);

    void close(store::BackfillRecord& record, core::Timestamp now);

    std::map<core::DagId, Open> open_;
    std::set<store::BackfillId> closed_;
    std::vector<store::BackfillRecord> changed_;
    std::vector<store::BackfillRunRecord> decided_;
};

}  // namespace reel::scheduler
