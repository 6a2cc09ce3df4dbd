#include <fmt/format.h>

#include <set>

#include "commit_sql.hpp"
#include "misses.hpp"
#include "postgres_assets.hpp"
#include "postgres_backfills.hpp"
#include "postgres_callbacks.hpp"
#include "postgres_history.hpp"
#include "postgres_lingering.hpp"
#include "postgres_skips.hpp"
#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "refusal.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Rows;
using postgres::Transaction;

std::optional<RunRecord> find_run(Transaction& transaction, const RunRecord& run) {
    static const std::string sql = fmt::format(
        "select {} from reel.dag_run r where r.dag_id = $1 and r.run_id = $2", run_select
    );
    const Rows rows =
        transaction.exec(sql, {text_value(run.dag_id.str()), text_value(run.run_id.str())});
    if (rows.empty()) return std::nullopt;
    return read_run(rows, 0);
}

bool knows_version(Transaction& transaction, const RunRecord& run) {
    const Rows rows = transaction.exec(
        "select from reel.dag_version where dag_id = $1 and version = $2",
        {text_value(run.dag_id.str()), text_value(run.dag_version)}
    );
    return !rows.empty();
}

std::set<std::pair<std::string, std::string>> run_keys(const Rows& rows) {
    std::set<std::pair<std::string, std::string>> keys;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        keys.emplace(rows.at(row, 0).value(), rows.at(row, 1).value());
    }
    return keys;
}

bool contains(const std::set<std::pair<std::string, std::string>>& keys, const RunRecord& run) {
    return keys.contains({run.dag_id.str(), run.run_id.str()});
}

void write_new_runs(Transaction& transaction, const std::vector<NewRun>& added) {
    std::vector<const RunRecord*> runs;
    runs.reserve(added.size());
    for (const NewRun& item : added) runs.push_back(&item.run);
    static const std::string sql = insert_runs(any_rows, InTheWay::is_passed);
    const auto inserted = run_keys(transaction.exec(sql, params_of(run_columns(runs), any_rows)));

    std::vector<const TaskInstanceRecord*> tasks;
    for (const NewRun& item : added) {
        if (contains(inserted, item.run)) {
            for (const TaskInstanceRecord& task : item.tasks) tasks.push_back(&task);
            continue;
        }
        const auto there = find_run(transaction, item.run);
        if (there == item.run) continue;
        if (there || knows_version(transaction, item.run)) refuse(run_exists(item.run));
        refuse(no_such_version(item.run.dag_id, item.run.dag_version));
    }
    static const std::string tasks_sql = insert_tasks(any_rows);
    if (!tasks.empty()) transaction.exec(tasks_sql, params_of(task_columns(tasks), any_rows));
    std::vector<const NewRun*> fresh;
    for (const NewRun& item : added) {
        if (contains(inserted, item.run)) fresh.push_back(&item);
    }
    consume_asset_events(transaction, fresh);
}

void write_runs(Transaction& transaction, const std::vector<RunChange>& changes) {
    static const std::string sql = update_runs(any_rows, InTheWay::is_passed);
    const auto updated =
        run_keys(transaction.exec(sql, params_of(run_change_columns(changes), any_rows)));
    for (const RunChange& change : changes) {
        if (contains(updated, change.after)) continue;
        const auto now = find_run(transaction, change.after);
        if (!now) refuse(no_such_run(change.after.dag_id, change.after.run_id));
        if (const auto allowed = check_change(change, *now); !allowed) {
            refuse(std::unexpected(allowed.error()));
        }
        refuse(no_such_version(change.after.dag_id, change.after.dag_version));
    }
}

std::set<core::TaskKey> task_keys(const Rows& rows) {
    std::set<core::TaskKey> keys;
    for (std::size_t row = 0; row < rows.size(); ++row) keys.insert(RowReader(rows, row).key());
    return keys;
}

void write_expansions(Transaction& transaction, const std::vector<Expansion>& expansions) {
    std::vector<core::TaskKey> placeholders;
    std::vector<const TaskInstanceRecord*> instances;
    for (const Expansion& expansion : expansions) {
        placeholders.push_back(expansion.placeholder);
        for (const TaskInstanceRecord& task : expansion.instances) instances.push_back(&task);
    }
    const auto gone = task_keys(transaction.exec(delete_placeholders, key_columns(placeholders)));
    static const std::string sql = insert_tasks(any_rows);
    const auto inserted =
        task_keys(transaction.exec(sql, params_of(task_columns(instances), any_rows)));
    for (const Expansion& expansion : expansions) {
        bool is_there = gone.contains(expansion.placeholder);
        for (const TaskInstanceRecord& task : expansion.instances) {
            if (inserted.contains(task.key)) continue;
            if (find_task(transaction, task.key) != task) refuse(task_exists(task.key));
            is_there = true;
        }
        if (!is_there) refuse(no_such_task(expansion.placeholder));
    }
}

void write_tasks(Transaction& transaction, const std::vector<TaskChange>& changes) {
    static const std::string sql = update_tasks(any_rows, InTheWay::is_passed);
    const auto updated =
        task_keys(transaction.exec(sql, params_of(task_change_columns(changes), any_rows)));
    for (const TaskChange& change : changes) {
        if (updated.contains(change.after.key)) continue;
        const auto now = find_task(transaction, change.after.key);
        if (!now) refuse(no_such_task(change.after.key));
        refuse(task_moved_on(change, *now));
    }
}

/// What Postgres would not take or not give back as it was.
void clean(CommitPlan& plan) {
    const auto clean_run = [](RunRecord& run) {
        for (std::string* text : {&run.note, &run.conf.text, &run.triggering_user}) {
            *text = clean_text(*text);
        }
    };
    for (NewAssetEvent& added : plan.asset_events) {
        added.event.extra.text = clean_text(added.event.extra.text);
    }
    for (NewRun& added : plan.new_runs) clean_run(added.run);
    for (RunChange& change : plan.runs) clean_run(change.after);
}

/// What takes longer to write down than to wait for is not for the thread that begins it.
constexpr std::size_t most_begun = 100;

std::size_t rows_of(const Commit& commit) {
    std::size_t rows = commit.runs.size() + commit.tasks.size() + commit.attempts.size() +
                       commit.xcoms.size() + commit.asset_events.size() + commit.callbacks.size();
    for (const NewRun& added : commit.new_runs) rows += 1 + added.tasks.size();
    for (const Expansion& expansion : commit.expansions) rows += expansion.instances.size();
    return rows;
}

/// What comes seldom is no part of the batch.
bool is_common(const CommitPlan& plan) {
    return plan.backfills.empty() && plan.backfill_runs.empty() && plan.standings.empty() &&
           plan.lingering.empty() && plan.gone.empty();
}

}  // namespace

core::AttemptId PostgresStore::reserve_attempts(int count) {
    const core::Durably durably(core::Durable::reserve_attempts);
    return std::stoll(write_in_term(take_attempts, {number_value(count)}).at(0, 0).value());
}

core::Result<void> PostgresStore::commit(const Commit& commit) {
    if (commit.empty()) return {};
    auto plan = plan_commit(commit);
    if (!plan) return std::unexpected(plan.error());
    clean(*plan);
    if (is_common(*plan) && commits_.store(*plan, fence_)) return {};
    return commit_step_by_step(*plan);
}

std::unique_ptr<CommitUnderWay> PostgresStore::begin(const Commit& commit) {
    if (rows_of(commit) > most_begun) return nullptr;
    auto plan = plan_commit(commit);
    if (!plan || !is_common(*plan)) return nullptr;
    clean(*plan);
    return commits_.begin(*plan, fence_);
}

/// Looks at what is in the way: a commit that was stored before, or a reason to refuse it.
core::Result<void> PostgresStore::commit_step_by_step(const CommitPlan& plan) {
    const core::Durably durably(core::Durable::commit_step_by_step);
    try {
        transact_in_term([&](Transaction& transaction) {
            if (!plan.asset_events.empty()) write_asset_events(transaction, plan.asset_events);
            if (!plan.new_runs.empty()) write_new_runs(transaction, plan.new_runs);
            if (!plan.runs.empty()) write_runs(transaction, plan.runs);
            if (!plan.expansions.empty()) write_expansions(transaction, plan.expansions);
            if (!plan.tasks.empty()) write_tasks(transaction, plan.tasks);
            if (!plan.attempts.empty()) write_attempts(transaction, plan.attempts);
            if (!plan.stale_xcoms.empty()) {
                transaction.exec(delete_xcoms, key_columns(plan.stale_xcoms));
            }
            if (!plan.xcoms.empty()) write_xcoms(transaction, plan.xcoms);
            if (!plan.skipped.empty()) write_skipped_fires(transaction, plan.skipped);
            if (!plan.backfills.empty()) write_backfills(transaction, plan.backfills);
            if (!plan.backfill_runs.empty()) {
                write_backfill_runs(transaction, plan.backfill_runs);
            }
            if (!plan.callbacks.empty()) {
                transaction.exec(insert_callbacks, callback_columns(plan.callbacks));
            }
            if (!plan.standings.empty()) write_standings(transaction, plan.standings);
            if (!plan.lingering.empty()) write_lingering(transaction, plan.lingering);
            if (!plan.gone.empty()) delete_lingering(transaction, plan.gone);
            if (!plan.dropped_events.empty()) {
                transaction.exec(delete_queued_events, dropped_columns(plan.dropped_events));
            }
        });
    } catch (const Refused& refused) {
        return std::unexpected(refused.error);
    } catch (const postgres::DatabaseError& error) {
        // A foreign key: somebody deleted the DAG while this was being written.
        if (error.sqlstate() != "23503") throw;
        return core::fail(core::Errc::not_found, error.what());
    }
    return {};
}

}  // namespace reel::store
