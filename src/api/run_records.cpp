#include <fmt/format.h>

#include "json_pieces.hpp"
#include "records_json.hpp"
#include "reel/core/time.hpp"

namespace reel::api {

using nlohmann::json;

namespace {

/// Seconds between start and end; null until both are known.
json duration_json(
    const std::optional<core::Timestamp>& start, const std::optional<core::Timestamp>& end
) {
    if (!start || !end) return nullptr;
    // Divided once: 1.343306, and not 1.3433059999999999.
    return static_cast<double>((*end - *start).count()) / 1e6;
}

json state_json(core::TaskState state) {
    return state == core::TaskState::none ? json(nullptr) : json(core::to_string(state));
}

/// What a task instance and one of its tries have in common.
json task_instance_base(const store::TaskInstanceRecord& task, const RunView& view) {
    return {
        {"dag_id", task.key.dag_id.str()},
        {"dag_display_name", or_else(view.dag_display_name, task.key.dag_id.str())},
        {"dag_run_id", task.key.run_id.str()},
        {"task_id", task.key.task_id.str()},
        {"task_display_name", or_else(view.task_display_name, task.key.task_id.str())},
        {"map_index", task.key.map_index},
        {"max_tries", task.max_tries},
        {"operator", text_or_null(task.operator_name)},
        {"operator_name", text_or_null(task.operator_name)},
        {"pool", task.pool},
        {"pool_slots", task.pool_slots},
        {"priority_weight", task.priority_weight},
        {"queue", task.queue},
        {"executor", nullptr},
        {"executor_config", "{}"},
        {"unixname", nullptr},
        {"scheduled_when", time_json(task.scheduled_at)},
        {"dag_version",
         version_json(
             {view.run.dag_id.str(),
              or_else(view.dag_display_name, view.run.dag_id.str()),
              view.run.version_number,
              view.run.queued_at}
         )}
    };
}

}  // namespace

json run_json(const store::RunRecord& run, const std::string& dag_display_name) {
    const auto& interval = run.data_interval;
    const std::optional<core::Timestamp> none;
    return {
        {"dag_id", run.dag_id.str()},
        {"dag_display_name", or_else(dag_display_name, run.dag_id.str())},
        {"dag_run_id", run.run_id.str()},
        {"state", core::to_string(run.state)},
        {"run_type", core::to_string(run.type)},
        {"triggered_by", core::to_string(run.triggered_by)},
        {"triggering_user_name", text_or_null(run.triggering_user)},
        {"conf", object_or_empty(run.conf)},
        {"logical_date", time_json(run.logical_date)},
        {"data_interval_start", time_json(interval ? std::optional(interval->start) : none)},
        {"data_interval_end", time_json(interval ? std::optional(interval->end) : none)},
        {"run_after", core::format_api(run.run_after)},
        {"queued_at", core::format_api(run.queued_at)},
        {"start_date", time_json(run.start_date)},
        {"end_date", time_json(run.end_date)},
        {"duration", duration_json(run.start_date, run.end_date)},
        {"last_scheduling_decision", nullptr},
        {"note", text_or_null(run.note)},
        {"bundle_version", nullptr},
        {"partition_key", nullptr},
        {"dag_versions",
         json::array({version_json(
             {run.dag_id.str(),
              or_else(dag_display_name, run.dag_id.str()),
              run.version_number,
              run.queued_at}
         )})}
    };
}

json task_instance_json(const store::TaskInstanceRecord& task, const RunView& view) {
    json value = task_instance_base(task, view);
    value.update(
        {{"id",
          stable_uuid(fmt::format(
              "ti/{}/{}/{}/{}",
              task.key.dag_id.str(),
              task.key.run_id.str(),
              task.key.task_id.str(),
              task.key.map_index
          ))},
         {"state", state_json(task.state)},
         {"try_number", task.try_number},
         {"start_date", time_json(task.start_date)},
         {"end_date", time_json(task.end_date)},
         {"duration", duration_json(task.start_date, task.end_date)},
         {"queued_when", time_json(task.queued_at)},
         {"hostname", text_or_null(task.hostname)},
         {"pid", task.pid == 0 ? json(nullptr) : json(task.pid)},
         {"logical_date", time_json(view.run.logical_date)},
         {"run_after", core::format_api(view.run.run_after)},
         {"note", text_or_null(task.note)},
         {"rendered_fields", json::object()},
         {"rendered_map_index", text_or_null(task.rendered_map_index)},
         {"trigger", nullptr},
         {"triggerer_job", nullptr},
         {"next_retry_at", time_json(task.next_retry_at)},
         {"message", text_or_null(task.message)}}
    );
    return value;
}

json attempt_json(
    const store::AttemptRecord& attempt, const store::TaskInstanceRecord& task, const RunView& view
) {
    json value = task_instance_base(task, view);
    value.update(
        {{"state", state_json(attempt.state)},
         {"try_number", attempt.try_number},
         {"start_date", time_json(attempt.start_date)},
         {"end_date", time_json(attempt.end_date)},
         {"duration", duration_json(attempt.start_date, attempt.end_date)},
         {"queued_when", core::format_api(attempt.queued_at)},
         {"hostname", text_or_null(attempt.hostname)},
         {"pid", attempt.pid == 0 ? json(nullptr) : json(attempt.pid)},
         {"message", text_or_null(attempt.message)}}
    );
    return value;
}

json xcom_json(const store::XComRecord& xcom, const RunView& view) {
    return {
        {"key", xcom.name},
        {"timestamp", core::format_api(xcom.at)},
        {"logical_date", time_json(view.run.logical_date)},
        {"run_after", core::format_api(view.run.run_after)},
        {"map_index", xcom.key.map_index},
        {"task_id", xcom.key.task_id.str()},
        {"task_display_name", or_else(view.task_display_name, xcom.key.task_id.str())},
        {"dag_id", xcom.key.dag_id.str()},
        {"dag_display_name", or_else(view.dag_display_name, xcom.key.dag_id.str())},
        {"run_id", xcom.key.run_id.str()}
    };
}

}  // namespace reel::api
