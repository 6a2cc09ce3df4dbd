#include "commit_sql.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace reel::store {

namespace {

// A list beside the others is an array of the same input: joining two would be a loop in a loop,
// for the link of commits knows no other join.

constexpr std::size_t run_key = 2;
constexpr auto run_input = std::to_array<InputColumn>({
    {"dag_id", "text"},
    {"run_id", "text"},
    {"state", "text"},
    {"run_type", "text"},
    {"triggered_by", "text"},
    {"triggering_user", "text"},
    {"conf", "text"},
    {"logical_date", "timestamptz"},
    {"data_interval_start", "timestamptz"},
    {"data_interval_end", "timestamptz"},
    {"run_after", "timestamptz"},
    {"queued_at", "timestamptz"},
    {"start_date", "timestamptz"},
    {"end_date", "timestamptz"},
    {"note", "text"},
    {"dag_version", "text"},
    {"version_number", "int"},
    {"from_state", "text"},
});

constexpr std::size_t task_key = 4;
constexpr auto task_input = std::to_array<InputColumn>({
    {"dag_id", "text"},
    {"run_id", "text"},
    {"task_id", "text"},
    {"map_index", "int"},
    {"state", "text"},
    {"try_number", "int"},
    {"max_tries", "int"},
    {"attempt", "bigint"},
    {"scheduled_at", "timestamptz"},
    {"queued_at", "timestamptz"},
    {"start_date", "timestamptz"},
    {"end_date", "timestamptz"},
    {"next_retry_at", "timestamptz"},
    {"operator_name", "text"},
    {"pool", "text"},
    {"pool_slots", "int"},
    {"priority_weight", "int"},
    {"queue", "text"},
    {"hostname", "text"},
    {"pid", "int"},
    {"message", "text"},
    {"note", "text"},
    {"rendered_map_index", "text"},
    {"from_state", "text"},
});

/// Of rows that are new: they come from no state.
template <std::size_t N>
std::span<const InputColumn> of_new(const std::array<InputColumn, N>& columns) {
    return std::span(columns).first(N - 1);
}

/// What an update may change.
template <std::size_t N>
std::span<const InputColumn> fields(const std::array<InputColumn, N>& columns, std::size_t key) {
    return of_new(columns).subspan(key);
}

constexpr std::string_view has_version = R"sql(
    exists (select from reel.dag_version v
            where v.dag_id = c.dag_id and v.version = c.dag_version))sql";

/// A row that stands as it is to be already.
std::string or_stands(std::span<const InputColumn> fields, std::string_view table, InTheWay what) {
    if (what == InTheWay::fails) return "";
    return fmt::format(
        " or row({}) is not distinct from row({})", names_of(fields, table), names_of(fields, "c")
    );
}

}  // namespace

std::string_view needing(InTheWay what, std::string_view condition) {
    return what == InTheWay::fails ? "true" : condition;
}

// $1 how many
const char* const take_attempts =
    "update reel.next_attempt set attempt = attempt + $1::bigint returning attempt - $1::bigint";

std::string insert_runs(std::size_t rows, InTheWay what) {
    return fmt::format(
        "insert into reel.dag_run ({0}) select {0} from ({1}) c "
        "where {2} order by n on conflict do nothing returning dag_id, run_id",
        names_of(of_new(run_input)),
        input_sql(of_new(run_input), rows),
        needing(what, has_version)
    );
}

std::string update_runs(std::size_t rows, InTheWay what) {
    const auto changing = fields(run_input, run_key);
    return fmt::format(
        "update reel.dag_run r set ({}) = row({}) "
        "from ({}) c where r.dag_id = c.dag_id and r.run_id = c.run_id "
        "and ((r.state = c.from_state and r.logical_date is not distinct from c.logical_date and "
        "{}){}) returning r.dag_id, r.run_id",
        names_of(changing),
        names_of(changing, "c"),
        input_sql(run_input, rows),
        needing(what, has_version),
        or_stands(changing, "r", what)
    );
}

std::string insert_tasks(std::size_t rows) {
    return fmt::format(
        "insert into reel.task_instance ({0}) select {0} from ({1}) c order by n "
        "on conflict do nothing returning dag_id, run_id, task_id, map_index",
        names_of(of_new(task_input)),
        input_sql(of_new(task_input), rows)
    );
}

// $1…$4: one array per column
const char* const delete_placeholders = R"sql(
    delete from reel.task_instance t
    using unnest($1::text[], $2::text[], $3::text[], $4::int[])
          as i(dag_id, run_id, task_id, map_index)
    where t.dag_id = i.dag_id and t.run_id = i.run_id and t.task_id = i.task_id
      and t.map_index = i.map_index
    returning t.dag_id, t.run_id, t.task_id, t.map_index)sql";

// $1…$4: one array per column
const char* const delete_xcoms = R"sql(
    delete from reel.xcom x
    using unnest($1::text[], $2::text[], $3::text[], $4::int[])
          as i(dag_id, run_id, task_id, map_index)
    where x.dag_id = i.dag_id and x.run_id = i.run_id and x.task_id = i.task_id
      and x.map_index = i.map_index)sql";

std::string update_tasks(std::size_t rows, InTheWay what) {
    const auto changing = fields(task_input, task_key);
    return fmt::format(
        "update reel.task_instance t set ({}) = row({}) "
        "from ({}) c where t.dag_id = c.dag_id and t.run_id = c.run_id and t.task_id = c.task_id "
        "and t.map_index = c.map_index "
        "and ((t.state is not distinct from c.from_state and t.attempt <= c.attempt){}) "
        "returning t.dag_id, t.run_id, t.task_id, t.map_index",
        names_of(changing),
        names_of(changing, "c"),
        input_sql(task_input, rows),
        or_stands(changing, "t", what)
    );
}

}  // namespace reel::store
