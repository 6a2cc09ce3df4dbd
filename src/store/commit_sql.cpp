#include "commit_sql.hpp"

#include <fmt/format.h>

#include <string_view>

namespace reel::store {

namespace {

// A list beside the others is an array of the same unnest: joining two would be a loop in a loop,
// for the link of commits knows no other join.

// $1…$17: one array per column; then `more` of them
constexpr std::string_view run_input = R"sql(
    select dag_id, run_id, state, run_type, triggered_by, triggering_user, conf,
           reel.at_micros(logical_date) as logical_date,
           reel.at_micros(interval_start) as data_interval_start,
           reel.at_micros(interval_end) as data_interval_end,
           reel.at_micros(run_after) as run_after, reel.at_micros(queued_at) as queued_at,
           reel.at_micros(start_date) as start_date, reel.at_micros(end_date) as end_date,
           note, dag_version, version_number{1}, n
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
                $13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::int[]{0})
         with ordinality as i(dag_id, run_id, state, run_type, triggered_by, triggering_user, conf,
                logical_date, interval_start, interval_end, run_after, queued_at, start_date,
                end_date, note, dag_version, version_number{1}, n))sql";

constexpr std::string_view run_fields =
    "state, run_type, triggered_by, triggering_user, conf, logical_date, data_interval_start, "
    "data_interval_end, run_after, queued_at, start_date, end_date, note, dag_version, "
    "version_number";

// $1…$23: one array per column; then `more` of them
constexpr std::string_view task_input = R"sql(
    select dag_id, run_id, task_id, map_index, state, try_number, max_tries, attempt,
           reel.at_micros(scheduled_at) as scheduled_at, reel.at_micros(queued_at) as queued_at,
           reel.at_micros(start_date) as start_date, reel.at_micros(end_date) as end_date,
           reel.at_micros(next_retry_at) as next_retry_at, operator_name, pool, pool_slots,
           priority_weight, queue, hostname, pid, message, note, rendered_map_index{1}, n
    from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::int[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
                $13::bigint[], $14::text[], $15::text[], $16::int[], $17::int[], $18::text[],
                $19::text[], $20::int[], $21::text[], $22::text[], $23::text[]{0})
         with ordinality as i(dag_id, run_id, task_id, map_index, state, try_number, max_tries,
                attempt, scheduled_at, queued_at, start_date, end_date, next_retry_at,
                operator_name, pool, pool_slots, priority_weight, queue, hostname, pid, message,
                note, rendered_map_index{1}, n))sql";

constexpr std::string_view task_fields =
    "state, try_number, max_tries, attempt, scheduled_at, queued_at, start_date, end_date, "
    "next_retry_at, operator_name, pool, pool_slots, priority_weight, queue, hostname, pid, "
    "message, note, rendered_map_index";

std::string input_of(std::string_view input) {
    return fmt::format(fmt::runtime(input), "", "");
}

/// With the states that rows come from as array `number`, column from_state.
std::string input_with_states(std::string_view input, int number) {
    return fmt::format(fmt::runtime(input), fmt::format(", ${}::text[]", number), ", from_state");
}

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

}  // namespace

// $1 how many
const char* const take_attempts =
    "update reel.next_attempt set attempt = attempt + $1::bigint returning attempt - $1::bigint";

std::string insert_runs() {
    return fmt::format(
        "insert into reel.dag_run (dag_id, run_id, {0}) select dag_id, run_id, {0} from ({1}) c "
        "where {2} order by n on conflict do nothing returning dag_id, run_id",
        run_fields,
        input_of(run_input),
        has_version
    );
}

// … $18 the states they come from
std::string update_runs() {
    return fmt::format(
        "update reel.dag_run r set ({0}) = row({2}) "
        "from ({3}) c where r.dag_id = c.dag_id and r.run_id = c.run_id "
        "and ((r.state = c.from_state and r.logical_date is not distinct from c.logical_date and "
        "{4}) "
        "or row({1}) is not distinct from row({2})) "
        "returning r.dag_id, r.run_id",
        run_fields,
        qualified(run_fields, 'r'),
        qualified(run_fields, 'c'),
        input_with_states(run_input, 18),
        has_version
    );
}

std::string insert_tasks() {
    return fmt::format(
        "insert into reel.task_instance (dag_id, run_id, task_id, map_index, {0}) "
        "select dag_id, run_id, task_id, map_index, {0} from ({1}) c order by n "
        "on conflict do nothing returning dag_id, run_id, task_id, map_index",
        task_fields,
        input_of(task_input)
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

// … $24 the states they come from
std::string update_tasks() {
    return fmt::format(
        "update reel.task_instance t set ({0}) = row({2}) "
        "from ({3}) c where t.dag_id = c.dag_id and t.run_id = c.run_id and t.task_id = c.task_id "
        "and t.map_index = c.map_index "
        "and ((t.state is not distinct from c.from_state and t.attempt <= c.attempt) "
        "or row({1}) is not distinct from row({2})) "
        "returning t.dag_id, t.run_id, t.task_id, t.map_index",
        task_fields,
        qualified(task_fields, 't'),
        qualified(task_fields, 'c'),
        input_with_states(task_input, 24)
    );
}

}  // namespace reel::store
