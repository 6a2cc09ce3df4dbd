#include <algorithm>

#include "memory_store.hpp"

namespace reel::store {

const core::SystemClock MemoryStore::real_clock;

LeaseRecord MemoryStore::lease_now() const {
    LeaseRecord lease = lease_;
    lease.remaining = std::chrono::ceil<core::Duration>(lease_expires_at_ - clock_.now());
    return lease;
}

LeaseRecord MemoryStore::read_lease() {
    const std::scoped_lock lock(mutex_);
    return lease_now();
}

std::optional<LeaseRecord> MemoryStore::acquire_lease(
    const LeaseHolder& holder, core::Duration length, std::optional<Epoch> dead
) {
    const std::scoped_lock lock(mutex_);
    if (lease_now().is_held() && dead != lease_.epoch) return std::nullopt;
    const core::Timestamp now = clock_.now();
    lease_ = {
        .epoch = lease_.epoch + 1,
        .holder = holder,
        .acquired_at = now,
        .renewed_at = now,
        .remaining = length
    };
    lease_expires_at_ = now + length;
    terms_.push_back(lease_);
    first_attempts_.push_back(next_attempt_);
    return lease_;
}

bool MemoryStore::renew_lease(Epoch epoch, core::Duration length) {
    const std::scoped_lock lock(mutex_);
    if (epoch != lease_.epoch || !lease_now().is_held()) return false;
    lease_.renewed_at = clock_.now();
    lease_expires_at_ = lease_.renewed_at + length;
    return true;
}

void MemoryStore::release_lease(Epoch epoch) {
    const std::scoped_lock lock(mutex_);
    if (epoch == lease_.epoch) lease_expires_at_ = std::min(lease_expires_at_, clock_.now());
}

std::vector<TermRecord> MemoryStore::list_terms() {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    std::vector<TermRecord> terms;
    for (std::size_t i = 0; i < terms_.size(); ++i) {
        TermRecord term{
            .epoch = terms_[i].epoch,
            .home = terms_[i].holder.home,
            .first_attempt = first_attempts_[i],
            .since_end = {}
        };
        if (i + 1 < terms_.size()) term.since_end = now - terms_[i + 1].acquired_at;
        terms.push_back(std::move(term));
    }
    return terms;
}

void MemoryStore::fence(Epoch epoch) {
    const std::scoped_lock lock(mutex_);
    fence_ = epoch;
}

void MemoryStore::check_fence() const {
    if (!fence_ || *fence_ == lease_.epoch) return;
    throw LostLeadership(
        "another scheduler has taken over: term " + std::to_string(*fence_) +
        " is over, nothing was written"
    );
}

}  // namespace reel::store
