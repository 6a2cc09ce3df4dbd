#include "whereabouts.hpp"

#include <algorithm>
#include <utility>

namespace reel::daemon {

Whereabouts::Whereabouts(
    std::vector<store::TermRecord> terms, std::string home, core::Duration patience
)
    : terms_(std::move(terms)), home_(std::move(home)), patience_(patience) {
    for (const store::TermRecord& term : terms_) {
        since_[term.home] = term.since_end.value_or(core::Duration::zero());
    }
}

std::optional<core::Duration> Whereabouts::elsewhere(core::AttemptId attempt) const {
    const auto later =
        std::ranges::upper_bound(terms_, attempt, {}, &store::TermRecord::first_attempt);
    if (later == terms_.begin()) return std::nullopt;
    const store::TermRecord& term = *std::prev(later);
    if (term.home == home_) return std::nullopt;
    return std::max(core::Duration::zero(), patience_ - since_.at(term.home));
}

}  // namespace reel::daemon
