#include "places.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace reel::scheduler {

void Places::set_pools(std::vector<PoolLimit> pools) {
    const auto is_default = [](const PoolLimit& pool) { return pool.name == "default_pool"; };
    if (std::ranges::none_of(pools, is_default)) pools.emplace_back();
    std::map<std::string, Pool> fresh;
    for (auto& limit : pools) {
        const std::string name = limit.name;
        fresh[name].limit = std::move(limit);
    }
    pools_ = std::move(fresh);
    for (const auto& [attempt, use] : uses_) {
        const auto found = pools_.find(use.claim.pool);
        if (found == pools_.end()) continue;
        if (use.claim.deferred && !found->second.limit.include_deferred) continue;
        found->second.used += use.claim.candidate.slots;
    }
}

const PoolLimit* Places::find_pool(const std::string& name) const {
    const auto found = pools_.find(name);
    return found == pools_.end() ? nullptr : &found->second.limit;
}

int Places::open_slots(const std::string& pool) const {
    const auto found = pools_.find(pool);
    if (found == pools_.end()) return 0;
    const PoolLimit& limit = found->second.limit;
    return limit.slots < 0 ? std::numeric_limits<int>::max() : limit.slots - found->second.used;
}

int Places::used_slots(const std::string& pool) const {
    const auto found = pools_.find(pool);
    return found == pools_.end() ? 0 : found->second.used;
}

void Places::wait(Claim claim) {
    const Identity id{claim.candidate.run, claim.candidate.instance};
    // A task that was cleared while it waited waits anew.
    if (const auto before = claims_.find(id); before != claims_.end()) {
        ready_.remove(before->second.pool, before->second.candidate);
    }
    ready_.add(claim.pool, claim.candidate);
    claims_.insert_or_assign(id, std::move(claim));
}

void Places::forget_run(RunHandle run) {
    ready_.remove_run(run);
    std::erase_if(claims_, [&](const auto& entry) { return entry.first.first == run; });
    std::erase_if(set_aside_, [&](const auto& entry) { return entry.second.candidate.run == run; });
}

void Places::drop_run(RunHandle run) {
    std::vector<core::AttemptId> dropped;
    for (const auto& [attempt, use] : uses_) {
        if (use.claim.candidate.run == run) dropped.push_back(attempt);
    }
    for (const core::AttemptId attempt : dropped) leave(attempt);
    std::erase_if(new_lingering_, [&](const store::LingeringAttempt& each) {
        return std::ranges::find(dropped, each.attempt) != dropped.end();
    });
}

std::optional<Places::Claim> Places::next() {
    while (true) {
        const auto choice =
            ready_.next([this](const std::string& pool) { return open_slots(pool); });
        if (!choice) return std::nullopt;
        ready_.remove(choice->pool, choice->candidate);
        auto found = claims_.extract(Identity{choice->candidate.run, choice->candidate.instance});
        Claim claim = std::move(found.mapped());
        if (const auto limit = held_back_by(claim)) {
            set_aside_.emplace(*limit, std::move(claim));
            continue;
        }
        return claim;
    }
}

std::optional<std::string> Places::why_set_aside(RunHandle run, InstanceIndex i) const {
    for (const auto& [limit, claim] : set_aside_) {
        if (claim.candidate.run != run || claim.candidate.instance != i) continue;
        if (limit == identity(claim)) return "its earlier process is still being ended";
        return limit == dag_limit(claim)
                   ? "as many instances run as max_active_tis_per_dag allows"
                   : "as many instances run as max_active_tis_per_dagrun allows";
    }
    return std::nullopt;
}

std::string Places::dag_limit(const Claim& claim) {
    return claim.key.dag_id.str() + '\n' + claim.key.task_id.str();
}

std::string Places::run_limit(const Claim& claim) {
    return dag_limit(claim) + '\n' + claim.key.run_id.str();
}

std::string Places::identity(const Claim& claim) {
    // No run id has this character.
    return run_limit(claim) + '#' + std::to_string(claim.key.map_index);
}

std::optional<std::string> Places::held_back_by(const Claim& claim) const {
    if (in_use_.empty()) return std::nullopt;
    const auto used = [this](const std::string& limit) {
        const auto found = in_use_.find(limit);
        return found == in_use_.end() ? 0 : found->second;
    };
    if (used(identity(claim)) > 0) return identity(claim);
    if (claim.per_dag && used(dag_limit(claim)) >= *claim.per_dag) return dag_limit(claim);
    if (claim.per_dagrun && used(run_limit(claim)) >= *claim.per_dagrun) return run_limit(claim);
    return std::nullopt;
}

void Places::count(const Claim& claim, int by) {
    const auto pool = pools_.find(claim.pool);
    const bool holds_slots =
        pool != pools_.end() && (!claim.deferred || pool->second.limit.include_deferred);
    if (holds_slots) pool->second.used += by * claim.candidate.slots;
    if (!claim.deferred) taken_ += static_cast<std::size_t>(by);
    if (claim.per_dag) count_limit(dag_limit(claim), by);
    if (claim.per_dagrun) count_limit(run_limit(claim), by);
}

void Places::count_limit(const std::string& limit, int by) {
    int& used = in_use_[limit];
    used += by;
    if (used == 0) in_use_.erase(limit);
}

void Places::take(core::AttemptId attempt, const Claim& claim) {
    count(claim, 1);
    uses_.emplace(attempt, Use{.claim = claim});
    ready_.granted();
}

void Places::leave(core::AttemptId attempt) {
    const auto found = uses_.find(attempt);
    if (found == uses_.end()) return;
    const Use use = std::move(found->second);
    uses_.erase(found);
    count(use.claim, -1);
    if (use.lingers) {
        count_limit(identity(use.claim), -1);
        if (!use.claim.deferred) gone_.push_back(attempt);
    }
    if (set_aside_.empty()) return;
    wake(dag_limit(use.claim));
    wake(run_limit(use.claim));
    wake(identity(use.claim));
}

void Places::linger(core::AttemptId attempt) {
    const auto found = uses_.find(attempt);
    if (found == uses_.end() || found->second.lingers) return;
    found->second.lingers = true;
    const Claim& claim = found->second.claim;
    count_limit(identity(claim), 1);
    if (claim.deferred) return;
    new_lingering_.push_back({
        .attempt = attempt,
        .key = claim.key,
        .pool = claim.pool,
        .pool_slots = claim.candidate.slots,
        .max_active_tis_per_dag = claim.per_dag,
        .max_active_tis_per_dagrun = claim.per_dagrun,
    });
}

void Places::restore_lingering(const std::vector<store::LingeringAttempt>& attempts) {
    for (const store::LingeringAttempt& each : attempts) {
        Claim claim;
        claim.candidate.slots = each.pool_slots;
        claim.key = each.key;
        claim.pool = each.pool;
        claim.per_dag = each.max_active_tis_per_dag;
        claim.per_dagrun = each.max_active_tis_per_dagrun;
        count(claim, 1);
        count_limit(identity(claim), 1);
        uses_.emplace(each.attempt, Use{.claim = std::move(claim), .lingers = true});
    }
}

void Places::flush(store::Commit& commit) {
    commit.lingering = std::exchange(new_lingering_, {});
    commit.gone = std::exchange(gone_, {});
}

void Places::wake(const std::string& limit) {
    const auto [first, last] = set_aside_.equal_range(limit);
    std::vector<Claim> claims;
    for (auto entry = first; entry != last; ++entry) claims.push_back(std::move(entry->second));
    set_aside_.erase(first, last);
    for (auto& claim : claims) wait(std::move(claim));
}

}  // namespace reel::scheduler
