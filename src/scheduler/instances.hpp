#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "blueprint.hpp"
#include "reel/core/trigger_rule.hpp"
#include "reel/store/records.hpp"

namespace reel::scheduler {

/// Into the instances of one run. The first of every task stand in the order of Dag::tasks, so for
/// a task that is not mapped it is its TaskIndex.
using InstanceIndex = std::uint32_t;

/// One task instance of a run.
struct Instance {
    TaskIndex task = 0;
    store::TaskInstanceRecord record;
    core::UpstreamCounts siblings;  ///< upstreams of the same map index in the same mapped group
    std::optional<core::TaskState>
        was;  ///< what the store holds, where a change is not flushed yet

    /// Whether it stands at the end of a try; what was only passed over has had none.
    [[nodiscard]] bool ends_try() const {
        const bool has_ended =
            record.state == core::TaskState::up_for_retry || core::is_finished(record.state);
        return record.attempt > 0 && has_ended;
    }
};

/// The instances of one run and how the upstreams of each stand. A mapped task is one placeholder
/// (map_index -1) until it is known over how many elements it runs; then the placeholder becomes
/// the first instance and the others are added. Counts are kept by increments: the end of an
/// instance costs the out-degree of its task.
class Instances final {
  public:
    /// What every run begins with: mappings over lists that the file gives are instances already.
    Instances(const Blueprint& blueprint, const store::RunRecord& run);
    /// As the store holds them; what it lacks stands as in the beginning.
    Instances(
        const Blueprint& blueprint,
        const store::RunRecord& run,
        std::vector<store::TaskInstanceRecord> records
    );

    [[nodiscard]] std::size_t size() const { return all_.size(); }
    [[nodiscard]] Instance& operator[](InstanceIndex i) { return all_[i]; }
    [[nodiscard]] const Instance& operator[](InstanceIndex i) const { return all_[i]; }
    /// In the order of map_index.
    [[nodiscard]] std::vector<InstanceIndex> of_task(TaskIndex task) const;
    /// -1 stands for the only instance of a task that is not mapped.
    [[nodiscard]] std::optional<InstanceIndex> find(TaskIndex task, int map_index) const;
    [[nodiscard]] core::UpstreamCounts upstreams(InstanceIndex i) const;

    /// Counts the end of `i` (or takes it back) at every task behind it, and appends the instances
    /// that may have to be looked at again.
    void count_end(InstanceIndex i, std::vector<InstanceIndex>& touched);
    void uncount_end(InstanceIndex i, std::vector<InstanceIndex>& touched);
    /// Makes `count` (at least 1) instances of a placeholder and gives those that are new; all
    /// stand as the placeholder does.
    std::vector<InstanceIndex> expand(InstanceIndex placeholder, std::size_t count);

    [[nodiscard]] std::vector<store::TaskInstanceRecord> records() const;

  private:
    struct Slot {
        InstanceIndex first = 0;
        std::vector<InstanceIndex> more;  ///< of map_index 1, 2, …
        core::UpstreamCounts upstreams;   ///< but for those in the task's own mapped group
    };

    void place_all(const store::RunRecord& run);
    void add_mapped(std::vector<store::TaskInstanceRecord> records);
    void count_totals();
    void count(InstanceIndex i, bool ends, std::vector<InstanceIndex>& touched);
    [[nodiscard]] std::size_t count_of(TaskIndex task) const {
        return 1 + slots_[task].more.size();
    }

    const Blueprint& blueprint_;
    std::vector<Instance> all_;
    std::vector<Slot> slots_;
};

}  // namespace reel::scheduler
