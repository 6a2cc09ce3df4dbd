#include "memory_store.hpp"

namespace reel::store {

void MemoryStore::apply_lingering(const CommitPlan& plan) {
    for (const LingeringAttempt& each : plan.lingering) lingering_.try_emplace(each.attempt, each);
    for (const core::AttemptId attempt : plan.gone) lingering_.erase(attempt);
}

std::vector<LingeringAttempt> MemoryStore::load_lingering() {
    const std::scoped_lock lock(mutex_);
    std::vector<LingeringAttempt> lingering;
    for (const auto& [attempt, each] : lingering_) lingering.push_back(each);
    return lingering;
}

}  // namespace reel::store
