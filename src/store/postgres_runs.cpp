#include <fmt/format.h>

#include <map>

#include "misses.hpp"
#include "ordering.hpp"
#include "page_reading.hpp"
#include "postgres_store.hpp"
#include "reel/store/dag_json.hpp"
#include "row_reading.hpp"
#include "tick.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::DatabaseError;
using postgres::FailureKind;
using postgres::Param;
using postgres::Params;
using postgres::Rows;

// $1 DAG, $2 states, $3 and $4 bounds of run_after, $5 and $6 of logical_date. The latest of a DAG
// are found by the index that has the condition on the id.
constexpr std::string_view run_where = R"sql(
    from reel.dag_run r
    where r.id > 0 and ($1::text is null or r.dag_id = $1) and ($2::text[] is null or r.state = any($2::text[]))
      and ($3::bigint is null or r.run_after >= reel.at_micros($3::bigint))
      and ($4::bigint is null or r.run_after <= reel.at_micros($4::bigint))
      and ($5::bigint is null or r.logical_date >= reel.at_micros($5::bigint))
      and ($6::bigint is null or r.logical_date <= reel.at_micros($6::bigint)))sql";

// $1 DAG, $2 run, $3 states ('none' for null)
constexpr std::string_view task_where = R"sql(
    from reel.task_instance t
    where ($1::text is null or t.dag_id = $1) and ($2::text is null or t.run_id = $2)
      and ($3::text[] is null or coalesce(t.state, 'none') = any($3::text[])))sql";

// $1 DAG, $2 run, $3 task, $4 map index
constexpr std::string_view of_task =
    "where {0}.dag_id = $1 and {0}.run_id = $2 and {0}.task_id = $3 and {0}.map_index = $4::int";

Params key_values(const core::TaskKey& key) {
    return {
        text_value(key.dag_id.str()),
        text_value(key.run_id.str()),
        text_value(key.task_id.str()),
        number_value(key.map_index)
    };
}

template <class State>
Param state_array(const std::vector<State>& states) {
    if (states.empty()) return std::nullopt;
    return column_of(states, [](State state) { return text_value(core::to_string(state)); });
}

template <class Id>
Param optional_id(const std::optional<Id>& id) {
    return id ? text_value(id->str()) : Param();
}

std::string run_order(const std::string& order_by) {
    static const std::map<std::string, std::string> columns = {
        {"run_after", "r.run_after"},
        {"logical_date", "r.logical_date"},
        {"start_date", "r.start_date"},
        {"end_date", "r.end_date"},
        {"dag_run_id", "r.run_id"},
        {"state", "r.state"},
    };
    const Ordering order = parse_ordering(order_by);
    const char* const direction = order.descending ? "desc" : "asc";
    const auto found = columns.find(order.word);
    if (found == columns.end()) return fmt::format("r.id {}", direction);
    return fmt::format("{0} {1} nulls last, r.id {1}", found->second, direction);
}

}  // namespace

std::vector<RunRecord> PostgresStore::latest_scheduled_runs(const std::vector<core::DagId>& dag_ids
) {
    const Rows rows = database_->read(
        fmt::format(
            "select {} from unnest($1::text[]) as i(dag_id) cross join lateral ("
            "select * from reel.dag_run x where x.dag_id = i.dag_id and {} "
            "order by x.logical_date desc limit 1) r",
            run_select,
            fmt::format(tick_sql, "x")
        ),
        {column_of(dag_ids, [](const auto& id) { return text_value(id.str()); })}
    );
    std::vector<RunRecord> runs;
    runs.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) runs.push_back(read_run(rows, row));
    return runs;
}

core::Result<RunRecord> PostgresStore::get_run(
    const core::DagId& dag_id, const core::RunId& run_id
) {
    const Rows rows = database_->read(
        fmt::format(
            "select {} from reel.dag_run r where r.dag_id = $1 and r.run_id = $2", run_select
        ),
        {text_value(dag_id.str()), text_value(run_id.str())}
    );
    if (rows.empty()) return no_such_run(dag_id, run_id);
    return read_run(rows, 0);
}

Listing<RunRecord> PostgresStore::list_runs(const RunFilter& filter) {
    const ListSql list{
        .columns = std::string(run_select),
        .from = std::string(run_where),
        .order = run_order(filter.order_by),
        .params =
            {
                optional_id(filter.dag_id),
                state_array(filter.states),
                time_value(filter.run_after_gte),
                time_value(filter.run_after_lte),
                time_value(filter.logical_date_gte),
                time_value(filter.logical_date_lte),
            },
    };
    return read_page(*database_, list, filter.page, read_run);
}

core::Result<TaskInstanceRecord> PostgresStore::get_task_instance(const core::TaskKey& key) {
    const std::string where = fmt::format(of_task, "t");
    const Rows rows = database_->read(
        fmt::format("select {} from reel.task_instance t {}", task_select, where), key_values(key)
    );
    if (rows.empty()) return no_such_task(key);
    return read_task(rows, 0);
}

Listing<TaskInstanceRecord> PostgresStore::list_task_instances(const TaskInstanceFilter& filter) {
    const ListSql list{
        .columns = std::string(task_select),
        .from = std::string(task_where),
        .order = "t.id",
        .params =
            {optional_id(filter.dag_id), optional_id(filter.run_id), state_array(filter.states)},
    };
    return read_page(*database_, list, filter.page, read_task);
}

std::vector<AttemptRecord> PostgresStore::list_attempts(const core::TaskKey& key) {
    // The live one is its task's own row, as live_attempt_of() has it. An older program wrote it
    // here as well.
    const std::string sql = fmt::format(
        "with live as (select t.* from reel.task_instance t {} and t.attempt > 0 "
        "and t.state in ('queued', 'running')) "
        "select {} from reel.task_attempt a {} and a.attempt not in (select attempt from live) "
        "union all select {} from live a order by 1",
        fmt::format(of_task, "t"),
        attempt_select,
        fmt::format(of_task, "a"),
        attempt_select
    );
    return read_all(database_->read(sql, key_values(key)), read_attempt);
}

core::Result<XComRecord> PostgresStore::get_xcom(
    const core::TaskKey& key, const std::string& name
) {
    Params values = key_values(key);
    values.push_back(text_value(name));
    const std::string where = fmt::format(of_task, "x");
    const Rows rows = database_->read(
        fmt::format("select {} from reel.xcom x {} and x.name = $5", xcom_select, where), values
    );
    if (rows.empty()) return no_such_xcom(key, name);
    return read_xcom(rows, 0);
}

std::vector<XComRecord> PostgresStore::list_xcoms(
    const core::DagId& dag_id, const core::RunId& run_id
) {
    const Rows rows = database_->read(
        fmt::format(
            "select {} from reel.xcom x where x.dag_id = $1 and x.run_id = $2 "
            "order by x.task_id, x.map_index, x.name",
            xcom_select
        ),
        {text_value(dag_id.str()), text_value(run_id.str())}
    );
    return read_all(rows, read_xcom);
}

}  // namespace reel::store
