#include "simulation/scheduler/faulty_store.hpp"

#include <gtest/gtest.h>

#include "reel/postgres/error.hpp"

namespace reel::scheduler {

using postgres::DatabaseError;
using postgres::FailureKind;
using store::MemoryStore;

template <class F>
std::invoke_result_t<F> FaultyStore::with_trouble(const char* point, F call) {
    if (one_in_ == 0 || !dice_.one_in(one_in_)) return call();
    const auto note = [&](const char* what) { ++seen_[std::string(point) + ": " + what]; };
    switch (dice_.below(stop_caller ? 7 : 5)) {
        case 0:
        case 1:
            note("no answer");
            throw DatabaseError(FailureKind::transient, "57P03", "it does not answer");
        case 2:
            static_cast<void>(call());
            note("answer lost");
            throw DatabaseError(FailureKind::in_doubt, "", "its answer is lost");
        case 3:
            note("crash before it");
            throw Crash{};
        case 4:
            static_cast<void>(call());
            note("crash after it");
            throw Crash{};
        case 5:
            note("stopped before it");
            stop_caller();
            return call();
        default: {
            note("stopped after it");
            auto answer = call();
            stop_caller();
            return answer;
        }
    }
}

core::AttemptId FaultyStore::reserve_attempts(int count) {
    return with_trouble("reserve_attempts", [&] { return MemoryStore::reserve_attempts(count); });
}

core::Result<void> FaultyStore::commit(const store::Commit& commit) {
    return with_trouble("commit", [&] { return commit_checked(commit); });
}

core::Result<void> FaultyStore::commit_checked(const store::Commit& commit) {
    // The checks compare with what is stored before: a commit that is there already has passed.
    if (commit == last_) return MemoryStore::commit(commit);
    if (is_fenced()) return commit_fenced(commit);
    before_commit(commit);
    auto stored = MemoryStore::commit(commit);
    if (!stored) return stored;
    after_commit(commit);
    last_ = commit;
    return stored;
}

core::Result<void> FaultyStore::commit_fenced(const store::Commit& commit) {
    ++seen_["commit: of a term that is over"];
    auto stored = MemoryStore::commit(commit);
    ADD_FAILURE() << "term " << epoch_ << " is over and has written";
    return stored;
}

std::vector<store::ActiveRun> FaultyStore::load_active() {
    return with_trouble("load_active", [&] { return MemoryStore::load_active(); });
}

core::Result<store::ActiveRun> FaultyStore::load_run(
    const core::DagId& dag_id, const core::RunId& run_id
) {
    return with_trouble("load_run", [&] { return MemoryStore::load_run(dag_id, run_id); });
}

std::optional<store::ActiveRun> FaultyStore::load_run_before(
    const core::DagId& dag_id, core::Timestamp logical_date
) {
    return with_trouble("load_run_before", [&] {
        return MemoryStore::load_run_before(dag_id, logical_date);
    });
}

std::vector<store::RunRecord> FaultyStore::latest_scheduled_runs(
    const std::vector<core::DagId>& dag_ids
) {
    return with_trouble("latest_scheduled_runs", [&] {
        return MemoryStore::latest_scheduled_runs(dag_ids);
    });
}

std::vector<store::DagSummary> FaultyStore::save_dags(
    const std::vector<core::Dag>& dags, bool paused_at_creation, core::Timestamp at
) {
    return with_trouble("save_dags", [&] {
        return MemoryStore::save_dags(dags, paused_at_creation, at);
    });
}

void FaultyStore::set_next_runs(const store::NextRuns& next_runs) {
    with_trouble("set_next_runs", [&] {
        MemoryStore::set_next_runs(next_runs);
        return true;
    });
}

std::optional<store::ActiveRun> FaultyStore::load_run_at(
    const core::DagId& dag_id, core::Timestamp logical_date
) {
    return with_trouble("load_run_at", [&] {
        return MemoryStore::load_run_at(dag_id, logical_date);
    });
}

core::Result<store::BackfillRecord> FaultyStore::create_backfill(
    const store::BackfillRecord& backfill, const std::vector<store::BackfillRunRecord>& runs
) {
    return with_trouble("create_backfill", [&] {
        return MemoryStore::create_backfill(backfill, runs);
    });
}

std::vector<store::OpenBackfill> FaultyStore::load_open_backfills() {
    return with_trouble("load_open_backfills", [&] { return MemoryStore::load_open_backfills(); });
}

store::AssetState FaultyStore::load_asset_state() {
    return with_trouble("load_asset_state", [&] { return MemoryStore::load_asset_state(); });
}

std::vector<store::LingeringAttempt> FaultyStore::load_lingering() {
    return with_trouble("load_lingering", [&] { return MemoryStore::load_lingering(); });
}

std::int64_t FaultyStore::last_callback_id() {
    return with_trouble("last_callback_id", [&] { return MemoryStore::last_callback_id(); });
}

std::vector<store::PoolRecord> FaultyStore::list_pools() {
    return with_trouble("list_pools", [&] { return MemoryStore::list_pools(); });
}

store::LeaseRecord FaultyStore::read_lease() {
    return with_trouble("read_lease", [&] { return MemoryStore::read_lease(); });
}

std::optional<store::LeaseRecord> FaultyStore::acquire_lease(
    const store::LeaseHolder& holder, core::Duration length, std::optional<store::Epoch> dead
) {
    return with_trouble("acquire_lease", [&] {
        return MemoryStore::acquire_lease(holder, length, dead);
    });
}

bool FaultyStore::renew_lease(store::Epoch epoch, core::Duration length) {
    return with_trouble("renew_lease", [&] { return MemoryStore::renew_lease(epoch, length); });
}

void FaultyStore::fence(store::Epoch epoch) {
    epoch_ = epoch;
    MemoryStore::fence(epoch);
}

void FaultyStore::set_pool(const store::PoolRecord& pool) {
    with_trouble("set_pool", [&] {
        MemoryStore::set_pool(pool);
        return true;
    });
}

}  // namespace reel::scheduler
