#include "postgres_history.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

#include "misses.hpp"
#include "refusal.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

using postgres::Rows;
using postgres::Transaction;

namespace {

constexpr auto attempt_input = std::to_array<InputColumn>({
    {"attempt", "bigint"},
    {"dag_id", "text"},
    {"run_id", "text"},
    {"task_id", "text"},
    {"map_index", "int"},
    {"try_number", "int"},
    {"state", "text"},
    {"queued_at", "timestamptz"},
    {"start_date", "timestamptz"},
    {"end_date", "timestamptz"},
    {"hostname", "text"},
    {"pid", "int"},
    {"message", "text"},
});

constexpr auto xcom_input = std::to_array<InputColumn>({
    {"dag_id", "text"},
    {"run_id", "text"},
    {"task_id", "text"},
    {"map_index", "int"},
    {"name", "text"},
    {"value", "text"},
    {"at", "timestamptz"},
});

constexpr std::string_view has_task = R"sql(
    exists (select from reel.task_instance t
            where (t.dag_id, t.run_id, t.task_id, t.map_index)
                = (i.dag_id, i.run_id, i.task_id, i.map_index)))sql";

}  // namespace

std::string upsert_attempts(std::size_t rows, InTheWay what) {
    return fmt::format(
        R"sql(
    insert into reel.task_attempt ({0})
    select {0} from ({1}) i where {2}
    on conflict (attempt) do update set
        try_number = excluded.try_number, state = excluded.state, queued_at = excluded.queued_at,
        start_date = excluded.start_date, end_date = excluded.end_date,
        hostname = excluded.hostname, pid = excluded.pid, message = excluded.message
        where (task_attempt.dag_id, task_attempt.run_id, task_attempt.task_id, task_attempt.map_index)
            = (excluded.dag_id, excluded.run_id, excluded.task_id, excluded.map_index)
    returning attempt)sql",
        names_of(attempt_input),
        input_sql(attempt_input, rows),
        needing(what, has_task)
    );
}

std::string upsert_xcoms(std::size_t rows, InTheWay what) {
    return fmt::format(
        R"sql(
    insert into reel.xcom ({0})
    select {0} from ({1}) i where {2}
    on conflict (dag_id, run_id, task_id, map_index, name) do update set
        value = excluded.value, at = excluded.at)sql",
        names_of(xcom_input),
        input_sql(xcom_input, rows),
        needing(what, has_task)
    );
}

std::optional<TaskInstanceRecord> find_task(Transaction& transaction, const core::TaskKey& key) {
    static const std::string sql = fmt::format(
        "select {} from reel.task_instance t where t.dag_id = $1 and t.run_id = $2 "
        "and t.task_id = $3 and t.map_index = $4::int",
        task_select
    );
    const Rows rows = transaction.exec(
        sql,
        {text_value(key.dag_id.str()),
         text_value(key.run_id.str()),
         text_value(key.task_id.str()),
         number_value(key.map_index)}
    );
    if (rows.empty()) return std::nullopt;
    return read_task(rows, 0);
}

void write_attempts(Transaction& transaction, const std::vector<AttemptRecord>& attempts) {
    static const std::string sql = upsert_attempts(any_rows, InTheWay::is_passed);
    const Rows rows = transaction.exec(sql, params_of(attempt_columns(attempts), any_rows));
    std::set<core::AttemptId> written;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        written.insert(RowReader(rows, row).number());
    }
    for (const AttemptRecord& attempt : attempts) {
        if (written.contains(attempt.attempt)) continue;
        if (!find_task(transaction, attempt.key)) refuse(no_such_task(attempt.key));
        refuse(attempt_of_another_task(attempt.attempt, attempt.key));
    }
}

void write_xcoms(Transaction& transaction, const std::vector<XComRecord>& xcoms) {
    static const std::string sql = upsert_xcoms(any_rows, InTheWay::is_passed);
    const Rows rows = transaction.exec(sql, params_of(xcom_columns(xcoms), any_rows));
    if (rows.affected() == xcoms.size()) return;
    for (const XComRecord& xcom : xcoms) {
        if (!find_task(transaction, xcom.key)) refuse(no_such_task(xcom.key));
    }
}

}  // namespace reel::store
