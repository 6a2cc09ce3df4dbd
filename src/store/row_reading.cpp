#include "row_reading.hpp"

namespace reel::store {

std::optional<core::Timestamp> RowReader::optional_time() {
    const postgres::Param& value = next();
    if (!value) return std::nullopt;
    return core::Timestamp(core::Duration(std::stoll(*value)));
}

std::optional<int> RowReader::optional_small() {
    const postgres::Param& value = next();
    if (!value) return std::nullopt;
    return std::stoi(*value);
}

core::TaskKey RowReader::key() {
    // One statement each: the order of reading matters.
    core::TaskKey key;
    key.dag_id = core::DagId(text());
    key.run_id = core::RunId(text());
    key.task_id = core::TaskId(text());
    key.map_index = small();
    return key;
}

RunRecord read_run(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    RunRecord run;
    run.dag_id = core::DagId(reader.text());
    run.run_id = core::RunId(reader.text());
    run.state = core::parse_run_state(reader.text()).value();
    run.type = core::parse_run_type(reader.text()).value();
    run.triggered_by = core::parse_triggered_by(reader.text()).value();
    run.triggering_user = reader.text();
    run.conf.text = reader.text();
    run.logical_date = reader.optional_time();
    const auto interval_start = reader.optional_time();
    const auto interval_end = reader.optional_time();
    if (interval_start && interval_end) run.data_interval = {*interval_start, *interval_end};
    run.run_after = reader.time();
    run.queued_at = reader.time();
    run.start_date = reader.optional_time();
    run.end_date = reader.optional_time();
    run.note = reader.text();
    run.dag_version = reader.text();
    run.version_number = reader.small();
    return run;
}

TaskInstanceRecord read_task(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    TaskInstanceRecord task;
    task.key = reader.key();
    task.state = core::parse_task_state(reader.next().value_or("none")).value();
    task.try_number = reader.small();
    task.max_tries = reader.small();
    task.attempt = reader.number();
    task.scheduled_at = reader.optional_time();
    task.queued_at = reader.optional_time();
    task.start_date = reader.optional_time();
    task.end_date = reader.optional_time();
    task.next_retry_at = reader.optional_time();
    task.operator_name = reader.text();
    task.pool = reader.text();
    task.pool_slots = reader.small();
    task.priority_weight = reader.small();
    task.queue = reader.text();
    task.hostname = reader.text();
    task.pid = reader.small();
    task.message = reader.text();
    task.note = reader.text();
    task.rendered_map_index = reader.text();
    return task;
}

AttemptRecord read_attempt(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    AttemptRecord attempt;
    attempt.attempt = reader.number();
    attempt.key = reader.key();
    attempt.try_number = reader.small();
    attempt.state = core::parse_task_state(reader.text()).value();
    attempt.queued_at = reader.optional_time().value_or(core::Timestamp());
    attempt.start_date = reader.optional_time();
    attempt.end_date = reader.optional_time();
    attempt.hostname = reader.text();
    attempt.pid = reader.small();
    attempt.message = reader.text();
    return attempt;
}

XComRecord read_xcom(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    XComRecord xcom;
    xcom.key = reader.key();
    xcom.name = reader.text();
    xcom.value.text = reader.text();
    xcom.at = reader.time();
    return xcom;
}

std::size_t count(
    postgres::Transaction& transaction, std::string_view sql, const postgres::Params& params
) {
    return std::stoull(transaction.exec(sql, params).at(0, 0).value());
}

}  // namespace reel::store
