#include "instances.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace reel::scheduler {

namespace {

store::TaskInstanceRecord new_record(
    const Blueprint& blueprint, TaskIndex i, const store::RunRecord& run
) {
    const core::Task& task = blueprint.task(i);
    store::TaskInstanceRecord record;
    record.key = {run.dag_id, run.run_id, task.task_id, -1};
    record.max_tries = task.retries;
    record.operator_name = task.operator_name;
    record.pool = task.pool;
    record.pool_slots = task.pool_slots;
    record.priority_weight = blueprint.weight(i);
    record.queue = task.queue;
    return record;
}

}  // namespace

Instances::Instances(const Blueprint& blueprint, const store::RunRecord& run)
    : blueprint_(blueprint) {
    place_all(run);
    count_totals();
    for (TaskIndex task = 0; task < blueprint_.size(); ++task) {
        const std::size_t length = blueprint_.literal_length(task);
        if (blueprint_.is_mapped_literally(task) && length > 0) expand(slots_[task].first, length);
    }
}

Instances::Instances(
    const Blueprint& blueprint,
    const store::RunRecord& run,
    std::vector<store::TaskInstanceRecord> records
)
    : blueprint_(blueprint) {
    place_all(run);
    add_mapped(std::move(records));
    count_totals();
    std::vector<InstanceIndex> touched;
    for (InstanceIndex i = 0; i < all_.size(); ++i) {
        if (core::is_finished(all_[i].record.state)) count_end(i, touched);
    }
}

/// One instance for every task.
void Instances::place_all(const store::RunRecord& run) {
    all_.reserve(blueprint_.size());
    slots_.resize(blueprint_.size());
    for (TaskIndex i = 0; i < blueprint_.size(); ++i) {
        slots_[i].first = i;
        all_.push_back({.task = i, .record = new_record(blueprint_, i, run)});
    }
}

/// The store gives them by name; the instances of one task need the order of their map index.
void Instances::add_mapped(std::vector<store::TaskInstanceRecord> records) {
    std::ranges::sort(records, {}, [](const auto& record) { return record.key.map_index; });
    std::map<core::TaskId, TaskIndex> by_name;
    for (TaskIndex i = 0; i < blueprint_.size(); ++i) by_name[blueprint_.task(i).task_id] = i;
    for (auto& record : records) {
        const auto found = by_name.find(record.key.task_id);
        if (found == by_name.end()) continue;
        const TaskIndex task = found->second;
        if (record.key.map_index <= 0) {
            all_[slots_[task].first].record = std::move(record);
            continue;
        }
        slots_[task].more.push_back(static_cast<InstanceIndex>(all_.size()));
        all_.push_back({.task = task, .record = std::move(record)});
    }
}

void Instances::count_totals() {
    for (TaskIndex task = 0; task < blueprint_.size(); ++task) {
        core::UpstreamCounts siblings;
        for (const TaskIndex up : blueprint_.task(task).upstream) {
            const bool shared = blueprint_.share_mapped_group(task, up);
            const int count = shared ? 1 : static_cast<int>(count_of(up));
            auto& counts = shared ? siblings : slots_[task].upstreams;
            counts.total += count;
            if (blueprint_.task(up).is_setup) counts.setups += count;
        }
        for (const InstanceIndex i : of_task(task)) all_[i].siblings = siblings;
    }
}

std::vector<InstanceIndex> Instances::of_task(TaskIndex task) const {
    std::vector<InstanceIndex> instances{slots_[task].first};
    std::ranges::copy(slots_[task].more, std::back_inserter(instances));
    return instances;
}

std::optional<InstanceIndex> Instances::find(TaskIndex task, int map_index) const {
    if (map_index <= 0) return slots_[task].first;
    const auto at = static_cast<std::size_t>(map_index) - 1;
    if (at >= slots_[task].more.size()) return std::nullopt;
    return slots_[task].more[at];
}

core::UpstreamCounts Instances::upstreams(InstanceIndex i) const {
    core::UpstreamCounts counts = slots_[all_[i].task].upstreams;
    counts += all_[i].siblings;
    return counts;
}

void Instances::count_end(InstanceIndex i, std::vector<InstanceIndex>& touched) {
    count(i, true, touched);
}

void Instances::uncount_end(InstanceIndex i, std::vector<InstanceIndex>& touched) {
    count(i, false, touched);
}

void Instances::count(InstanceIndex i, bool ends, std::vector<InstanceIndex>& touched) {
    const TaskIndex task = all_[i].task;
    const core::TaskState state = all_[i].record.state;
    const bool is_setup = blueprint_.task(task).is_setup;
    const auto apply = [&](core::UpstreamCounts& counts) {
        if (ends) {
            counts.add(state, is_setup);
        } else {
            counts.remove(state, is_setup);
        }
    };
    for (const TaskIndex down : blueprint_.task(task).downstream) {
        if (blueprint_.share_mapped_group(task, down)) {
            const auto sibling = find(down, all_[i].record.key.map_index);
            if (!sibling) continue;
            apply(all_[*sibling].siblings);
            touched.push_back(*sibling);
            continue;
        }
        apply(slots_[down].upstreams);
        touched.push_back(slots_[down].first);
        std::ranges::copy(slots_[down].more, std::back_inserter(touched));
    }
}

std::vector<InstanceIndex> Instances::expand(InstanceIndex placeholder, std::size_t count) {
    const TaskIndex task = all_[placeholder].task;
    std::vector<InstanceIndex> added;
    all_[placeholder].record.key.map_index = 0;
    for (std::size_t k = 1; k < count; ++k) {
        const auto fresh = static_cast<InstanceIndex>(all_.size());
        all_.push_back(all_[placeholder]);
        all_.back().was.reset();  // what is owed to the store is owed for the placeholder alone
        all_.back().record.key.map_index = static_cast<int>(k);
        slots_[task].more.push_back(fresh);
        added.push_back(fresh);
    }
    const int more = static_cast<int>(count) - 1;
    for (const TaskIndex down : blueprint_.task(task).downstream) {
        if (blueprint_.share_mapped_group(task, down)) continue;
        slots_[down].upstreams.total += more;
        if (blueprint_.task(task).is_setup) slots_[down].upstreams.setups += more;
    }
    return added;
}

std::vector<store::TaskInstanceRecord> Instances::records() const {
    std::vector<store::TaskInstanceRecord> records;
    records.reserve(all_.size());
    for (const Instance& each : all_) records.push_back(each.record);
    return records;
}

}  // namespace reel::scheduler
