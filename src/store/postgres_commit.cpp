#include <fmt/format.h>

#include <set>

#include "misses.hpp"
#include "postgres_history.hpp"
#include "postgres_skips.hpp"
#include "postgres_store.hpp"
#include "refusal.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Params;
using postgres::Rows;
using postgres::Transaction;

// $1 how many
constexpr std::string_view take_attempts =
    "update reel.next_attempt set attempt = attempt + $1::bigint returning attempt - $1::bigint";

// $1…$17: one array per column
constexpr std::string_view run_input = R"sql(
    select dag_id, run_id, state, run_type, triggered_by, triggering_user, conf,
           reel.at_micros(logical_date) as logical_date,
           reel.at_micros(interval_start) as data_interval_start,
           reel.at_micros(interval_end) as data_interval_end,
           reel.at_micros(run_after) as run_after, reel.at_micros(queued_at) as queued_at,
           reel.at_micros(start_date) as start_date, reel.at_micros(end_date) as end_date,
           note, dag_version, version_number, n
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
                $13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::int[])
         with ordinality as i(dag_id, run_id, state, run_type, triggered_by, triggering_user, conf,
                logical_date, interval_start, interval_end, run_after, queued_at, start_date,
                end_date, note, dag_version, version_number, n))sql";

constexpr std::string_view run_fields =
    "state, run_type, triggered_by, triggering_user, conf, logical_date, data_interval_start, "
    "data_interval_end, run_after, queued_at, start_date, end_date, note, dag_version, "
    "version_number";

// $1…$22: one array per column
constexpr std::string_view task_input = R"sql(
    select dag_id, run_id, task_id, map_index, state, try_number, max_tries, attempt,
           reel.at_micros(scheduled_at) as scheduled_at, reel.at_micros(queued_at) as queued_at,
           reel.at_micros(start_date) as start_date, reel.at_micros(end_date) as end_date,
           reel.at_micros(next_retry_at) as next_retry_at, operator_name, pool, pool_slots,
           priority_weight, queue, hostname, pid, message, note, n
    from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::int[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
                $13::bigint[], $14::text[], $15::text[], $16::int[], $17::int[], $18::text[],
                $19::text[], $20::int[], $21::text[], $22::text[])
         with ordinality as i(dag_id, run_id, task_id, map_index, state, try_number, max_tries,
                attempt, scheduled_at, queued_at, start_date, end_date, next_retry_at,
                operator_name, pool, pool_slots, priority_weight, queue, hostname, pid, message,
                note, n))sql";

constexpr std::string_view task_fields =
    "state, try_number, max_tries, attempt, scheduled_at, queued_at, start_date, end_date, "
    "next_retry_at, operator_name, pool, pool_slots, priority_weight, queue, hostname, pid, "
    "message, note";

/// "c.state, c.run_type, …"
std::string qualified(std::string_view fields, char table) {
    std::string text = fmt::format("{}.", table);
    for (const char c : fields) {
        text += c;
        if (c == ' ') text += fmt::format("{}.", table);
    }
    return text;
}

constexpr std::string_view has_version = R"sql(
    exists (select from reel.dag_version v
            where v.dag_id = c.dag_id and v.version = c.dag_version))sql";

std::string insert_runs() {
    return fmt::format(
        "insert into reel.dag_run (dag_id, run_id, {0}) select dag_id, run_id, {0} from ({1}) c "
        "where {2} order by n on conflict do nothing returning dag_id, run_id",
        run_fields,
        run_input,
        has_version
    );
}

// … $18 the states they come from
std::string update_runs() {
    return fmt::format(
        "update reel.dag_run r set ({0}) = row({2}) "
        "from ({3}) c join unnest($18::text[]) with ordinality as f(state, n) using (n) "
        "where r.dag_id = c.dag_id and r.run_id = c.run_id "
        "and ((r.state = f.state and r.logical_date is not distinct from c.logical_date and {4}) "
        "or row({1}) is not distinct from row({2})) "
        "returning r.dag_id, r.run_id",
        run_fields,
        qualified(run_fields, 'r'),
        qualified(run_fields, 'c'),
        run_input,
        has_version
    );
}

std::string insert_tasks() {
    return fmt::format(
        "insert into reel.task_instance (dag_id, run_id, task_id, map_index, {0}) "
        "select dag_id, run_id, task_id, map_index, {0} from ({1}) c order by n",
        task_fields,
        task_input
    );
}

// … $23 the states they come from
std::string update_tasks() {
    return fmt::format(
        "update reel.task_instance t set ({0}) = row({2}) "
        "from ({3}) c join unnest($23::text[]) with ordinality as f(state, n) using (n) "
        "where t.dag_id = c.dag_id and t.run_id = c.run_id and t.task_id = c.task_id "
        "and t.map_index = c.map_index "
        "and ((t.state is not distinct from f.state and t.attempt <= c.attempt) "
        "or row({1}) is not distinct from row({2})) "
        "returning t.dag_id, t.run_id, t.task_id, t.map_index",
        task_fields,
        qualified(task_fields, 't'),
        qualified(task_fields, 'c'),
        task_input
    );
}

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
    static const std::string sql = insert_runs();
    const auto inserted = run_keys(transaction.exec(sql, run_columns(runs)));

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
    static const std::string tasks_sql = insert_tasks();
    if (!tasks.empty()) transaction.exec(tasks_sql, task_columns(tasks));
}

void write_runs(Transaction& transaction, const std::vector<RunChange>& changes) {
    std::vector<const RunRecord*> runs;
    runs.reserve(changes.size());
    for (const RunChange& change : changes) runs.push_back(&change.after);
    Params params = run_columns(runs);
    params.push_back(column_of(changes, [](const RunChange& change) {
        return text_value(core::to_string(change.from));
    }));
    static const std::string sql = update_runs();
    const auto updated = run_keys(transaction.exec(sql, params));
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

void write_tasks(Transaction& transaction, const std::vector<TaskChange>& changes) {
    std::vector<const TaskInstanceRecord*> tasks;
    tasks.reserve(changes.size());
    for (const TaskChange& change : changes) tasks.push_back(&change.after);
    Params params = task_columns(tasks);
    params.push_back(column_of(changes, [](const TaskChange& change) {
        return state_value(change.from);
    }));
    static const std::string sql = update_tasks();
    const Rows rows = transaction.exec(sql, params);
    std::set<core::TaskKey> updated;
    for (std::size_t row = 0; row < rows.size(); ++row) updated.insert(RowReader(rows, row).key());
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
    for (NewRun& added : plan.new_runs) clean_run(added.run);
    for (RunChange& change : plan.runs) clean_run(change.after);
}

}  // namespace

core::AttemptId PostgresStore::reserve_attempts(int count) {
    return std::stoll(database_->query(take_attempts, {number_value(count)}).at(0, 0).value());
}

core::Result<void> PostgresStore::commit(const Commit& commit) {
    if (commit.empty()) return {};
    auto plan = plan_commit(commit);
    if (!plan) return std::unexpected(plan.error());
    clean(*plan);
    try {
        database_->transact([&](Transaction& transaction) {
            if (!plan->new_runs.empty()) write_new_runs(transaction, plan->new_runs);
            if (!plan->runs.empty()) write_runs(transaction, plan->runs);
            if (!plan->tasks.empty()) write_tasks(transaction, plan->tasks);
            if (!plan->attempts.empty()) write_attempts(transaction, plan->attempts);
            if (!plan->xcoms.empty()) write_xcoms(transaction, plan->xcoms);
            if (!plan->skipped.empty()) write_skipped_fires(transaction, plan->skipped);
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
