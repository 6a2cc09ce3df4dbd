#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "instances.hpp"
#include "reel/core/time.hpp"

namespace reel::scheduler {

/// Counts up as runs come: a later run has a larger one.
using RunHandle = std::uint64_t;

/// A task that waits for a place.
struct Candidate {
    int weight = 1;             ///< effective priority_weight
    core::Timestamp run_after;  ///< of its run
    core::Timestamp since;      ///< when it began to wait
    RunHandle run = 0;
    InstanceIndex instance = 0;
    std::uint32_t dag = 0;  ///< any number, the same for all runs of a DAG
    int slots = 1;          ///< of its pool
    bool yields = false;    ///< of a backfill: behind all others of its weight
};

/// The tasks that wait for a place, and the order in which places are given: the heaviest first,
/// then the older run, those of backfills behind the others. Every fourth place goes to the DAG one
/// of whose tasks has waited longest, and there to the heaviest: no DAG starves another, and within
/// a DAG priorities hold strictly. Tasks of a run that may have no
/// more places are set aside as a whole, so a look for the next one costs the same for ten and for
/// a hundred thousand that wait.
class ReadyQueue final {
  public:
    void add(const std::string& pool, const Candidate& candidate);
    void remove(const std::string& pool, const Candidate& candidate);
    void remove_run(RunHandle run);

    /// A run that may have no place for now, and that may have one again.
    void hold(RunHandle run);
    void resume(RunHandle run);

    struct Choice {
        std::string pool;
        Candidate candidate;
    };
    using OpenSlots = std::function<int(const std::string& pool)>;
    /// The next one whose pool has room; it stays in the queue. `open_slots` of a pool nobody knows
    /// is 0.
    [[nodiscard]] std::optional<Choice> next(const OpenSlots& open_slots) const;
    /// A place was given: counts for the order.
    void granted() { ++granted_; }

    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    struct ByWeight {
        bool operator()(const Candidate& one, const Candidate& other) const;
    };
    struct ByAge {
        bool operator()(const Candidate& one, const Candidate& other) const;
    };
    /// The tasks of one run that wait for one pool.
    struct Group {
        std::set<Candidate, ByWeight> by_weight;
        std::set<Candidate, ByAge> by_age;
    };
    /// Of every group that may have places, the first task in either order; the heaviest by DAG,
    /// too.
    struct Pool {
        std::set<Candidate, ByWeight> by_weight;
        std::set<Candidate, ByAge> by_age;
        std::map<std::uint32_t, std::set<Candidate, ByWeight>> by_dag;
        std::map<RunHandle, Group> groups;
    };

    void show(Pool& pool, const Group& group);
    void hide(Pool& pool, const Group& group);
    /// Of the candidates that `pick` gives for the pools with room the first in the given order.
    template <class Order, class Pick>
    [[nodiscard]] std::optional<Choice> first_of(const OpenSlots& open_slots, Pick pick) const;
    [[nodiscard]] bool oldest_is_next() const { return granted_ % 4 == 3; }

    std::map<std::string, Pool> pools_;
    std::set<RunHandle> held_;
    std::size_t size_ = 0;
    std::uint64_t granted_ = 0;
};

}  // namespace reel::scheduler
