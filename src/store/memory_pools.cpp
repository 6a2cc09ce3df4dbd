#include "memory_store.hpp"
#include "misses.hpp"

namespace reel::store {

std::vector<PoolRecord> MemoryStore::list_pools() {
    const std::scoped_lock lock(mutex_);
    std::vector<PoolRecord> pools;
    pools.reserve(pools_.size());
    for (const auto& [name, pool] : pools_) pools.push_back(pool);
    return pools;
}

core::Result<PoolRecord> MemoryStore::get_pool(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    const auto found = pools_.find(name);
    if (found == pools_.end()) return no_such_pool(name);
    return found->second;
}

void MemoryStore::set_pool(const PoolRecord& pool) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    pools_[pool.name] = pool;
}

core::Result<void> MemoryStore::delete_pool(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    if (name == "default_pool") return default_pool_stays();
    if (pools_.erase(name) == 0) return no_such_pool(name);
    return {};
}

std::vector<PoolUse> MemoryStore::count_pool_slots() {
    const std::scoped_lock lock(mutex_);
    std::map<std::pair<std::string, std::string_view>, PoolUse> uses;
    const auto count = [&uses](const std::string& pool, core::TaskState state, int slots) {
        auto& use = uses[{pool, core::to_string(state)}];
        use.pool = pool;
        use.state = state;
        use.slots += slots;
    };
    for (const auto& [key, task] : tasks_) {
        const core::TaskState state = task.record.state;
        if (!core::has_live_attempt(state) && state != core::TaskState::scheduled) continue;
        count(task.record.pool, state, task.record.pool_slots);
    }
    for (const auto& [attempt, lingering] : lingering_) {
        count(lingering.pool, core::TaskState::running, lingering.pool_slots);
    }
    std::vector<PoolUse> result;
    result.reserve(uses.size());
    for (auto& [key, use] : uses) result.push_back(std::move(use));
    return result;
}

}  // namespace reel::store
