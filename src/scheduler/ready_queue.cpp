#include "ready_queue.hpp"

#include <algorithm>
#include <tuple>

namespace reel::scheduler {

namespace {

auto rank_by_weight(const Candidate& candidate) {
    return std::tuple(
        -static_cast<std::int64_t>(candidate.weight),
        candidate.yields,
        candidate.run_after,
        candidate.run,
        candidate.instance
    );
}

auto rank_by_age(const Candidate& candidate) {
    return std::tuple(candidate.since, candidate.run, candidate.instance);
}

/// The first that its pool has room for: a task of many slots must not hold up those of few.
template <class Set>
const Candidate* first_that_fits(const Set& set, int open) {
    const auto found =
        std::ranges::find_if(set, [&](const Candidate& each) { return each.slots <= open; });
    return found == set.end() ? nullptr : &*found;
}

}  // namespace

bool ReadyQueue::ByWeight::operator()(const Candidate& one, const Candidate& other) const {
    return rank_by_weight(one) < rank_by_weight(other);
}

bool ReadyQueue::ByAge::operator()(const Candidate& one, const Candidate& other) const {
    return rank_by_age(one) < rank_by_age(other);
}

void ReadyQueue::show(Pool& pool, const Group& group) {
    if (group.by_weight.empty()) return;
    pool.by_weight.insert(*group.by_weight.begin());
    pool.by_age.insert(*group.by_age.begin());
    pool.by_dag[group.by_weight.begin()->dag].insert(*group.by_weight.begin());
}

void ReadyQueue::hide(Pool& pool, const Group& group) {
    if (group.by_weight.empty()) return;
    pool.by_weight.erase(*group.by_weight.begin());
    pool.by_age.erase(*group.by_age.begin());
    const auto of_dag = pool.by_dag.find(group.by_weight.begin()->dag);
    of_dag->second.erase(*group.by_weight.begin());
    if (of_dag->second.empty()) pool.by_dag.erase(of_dag);
}

void ReadyQueue::add(const std::string& pool_name, const Candidate& candidate) {
    Pool& pool = pools_[pool_name];
    Group& group = pool.groups[candidate.run];
    const bool shown = !held_.contains(candidate.run);
    if (shown) hide(pool, group);
    if (group.by_weight.insert(candidate).second) ++size_;
    group.by_age.insert(candidate);
    if (shown) show(pool, group);
}

void ReadyQueue::remove(const std::string& pool_name, const Candidate& candidate) {
    Pool& pool = pools_[pool_name];
    const auto found = pool.groups.find(candidate.run);
    if (found == pool.groups.end()) return;
    Group& group = found->second;
    const bool shown = !held_.contains(candidate.run);
    if (shown) hide(pool, group);
    size_ -= group.by_weight.erase(candidate);
    group.by_age.erase(candidate);
    if (shown) show(pool, group);
    if (group.by_weight.empty()) pool.groups.erase(found);
}

void ReadyQueue::remove_run(RunHandle run) {
    for (auto& [name, pool] : pools_) {
        const auto found = pool.groups.find(run);
        if (found == pool.groups.end()) continue;
        if (!held_.contains(run)) hide(pool, found->second);
        size_ -= found->second.by_weight.size();
        pool.groups.erase(found);
    }
    held_.erase(run);
}

void ReadyQueue::hold(RunHandle run) {
    if (!held_.insert(run).second) return;
    for (auto& [name, pool] : pools_) {
        const auto found = pool.groups.find(run);
        if (found != pool.groups.end()) hide(pool, found->second);
    }
}

void ReadyQueue::resume(RunHandle run) {
    if (held_.erase(run) == 0) return;
    for (auto& [name, pool] : pools_) {
        const auto found = pool.groups.find(run);
        if (found != pool.groups.end()) show(pool, found->second);
    }
}

template <class Order, class Pick>
std::optional<ReadyQueue::Choice> ReadyQueue::first_of(const OpenSlots& open_slots, Pick pick)
    const {
    std::optional<Choice> best;
    for (const auto& [name, pool] : pools_) {
        if (pool.by_weight.empty()) continue;
        const int open = open_slots(name);
        if (open <= 0) continue;
        const Candidate* first = pick(pool, open);
        if (first == nullptr) continue;
        if (!best || Order{}(*first, best->candidate)) best = Choice{name, *first};
    }
    return best;
}

std::optional<ReadyQueue::Choice> ReadyQueue::next(const OpenSlots& open_slots) const {
    if (!oldest_is_next()) {
        return first_of<ByWeight>(open_slots, [](const Pool& pool, int open) {
            return first_that_fits(pool.by_weight, open);
        });
    }
    const auto oldest = first_of<ByAge>(open_slots, [](const Pool& pool, int open) {
        return first_that_fits(pool.by_age, open);
    });
    if (!oldest) return std::nullopt;
    return first_of<ByWeight>(open_slots, [&](const Pool& pool, int open) -> const Candidate* {
        const auto of_dag = pool.by_dag.find(oldest->candidate.dag);
        return of_dag == pool.by_dag.end() ? nullptr : first_that_fits(of_dag->second, open);
    });
}

}  // namespace reel::scheduler
