#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "dag_query.hpp"
#include "json_pieces.hpp"
#include "records_json.hpp"
#include "reel/core/schedule.hpp"
#include "reel/core/time.hpp"
#include "reel/scheduler/timetable.hpp"

namespace reel::api {

using nlohmann::json;

namespace {

/// A datetime.timedelta in JSON: days may be negative, seconds and microseconds are not.
json timedelta_json(core::Duration duration) {
    const auto days = std::chrono::floor<std::chrono::days>(duration);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(duration - days);
    return {
        {"__type", "TimeDelta"},
        {"days", days.count()},
        {"seconds", seconds.count()},
        {"microseconds", (duration - days - seconds).count()}
    };
}

std::string iso_duration(core::Duration duration) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
    const auto rest = (duration - seconds).count();
    if (rest == 0) return fmt::format("PT{}S", seconds.count());
    return fmt::format("PT{}.{:06}S", seconds.count(), rest);
}

json owners_json(const std::vector<std::string>& owners) {
    return owners.empty() ? json::array({"airflow"}) : json(owners);
}

json tags_json(const store::DagSummary& dag) {
    json tags = json::array();
    for (const std::string& tag : dag.tags) {
        tags.push_back(
            {{"name", tag},
             {"dag_id", dag.dag_id.str()},
             {"dag_display_name", or_else(dag.display_name, dag.dag_id.str())}}
        );
    }
    return tags;
}

using Summary = const store::DagSummary&;
constexpr std::array<std::pair<std::string_view, json (*)(Summary)>, 11> summary_fields{{
    {"dag_id", [](Summary dag) { return json(dag.dag_id.str()); }},
    {"dag_display_name",
     [](Summary dag) { return json(or_else(dag.display_name, dag.dag_id.str())); }},
    {"is_paused", [](Summary dag) { return json(dag.is_paused); }},
    {"is_stale", [](Summary dag) { return json(dag.is_stale); }},
    {"has_import_errors", [](Summary dag) { return json(dag.has_import_errors); }},
    {"fileloc", [](Summary dag) { return json(dag.fileloc); }},
    {"relative_fileloc", [](Summary dag) { return text_or_null(dag.relative_fileloc); }},
    {"last_parsed_time", [](Summary dag) { return json(core::format_api(dag.last_parsed_at)); }},
    {"next_dagrun_run_after", [](Summary dag) { return time_json(dag.next_run_after); }},
    {"owners", [](Summary dag) { return owners_json(dag.owners); }},
    {"tags", [](Summary dag) { return tags_json(dag); }},
}};

}  // namespace

json dag_summary_json(const store::DagSummary& dag, const DagFields& fields) {
    json object = json::object();
    for (const auto& [name, value] : summary_fields) {
        if (fields.empty() || fields.contains(name)) object.emplace(name, value(dag));
    }
    return object;
}

json dag_summary_json(const store::DagSummary& dag) {
    return dag_summary_json(dag, {});
}

json dag_json(const store::DagRecord& record) {
    const core::Dag& dag = record.dag;
    const auto next = record.next_run_after
                          ? std::optional(scheduler::run_due_at(dag, *record.next_run_after))
                          : std::nullopt;
    const auto of_next = [&](auto get) { return next ? time_json(get(*next)) : json(); };
    json object = dag_summary_json(store::summarize(record));
    object.update(
        {{"description", text_or_null(dag.description)},
         {"has_task_concurrency_limits", false},
         {"file_token", stable_uuid("file/" + dag.fileloc)},
         {"bundle_name", "dags-folder"},
         {"bundle_version", nullptr},
         {"last_expired", nullptr},
         {"last_parse_duration", nullptr},
         {"max_active_runs", dag.max_active_runs},
         {"max_active_tasks", dag.max_active_tasks},
         {"max_consecutive_failed_dag_runs", dag.max_consecutive_failed_dag_runs},
         {"next_dagrun_logical_date", of_next([](const auto& run) { return run.logical_date; })},
         {"next_dagrun_data_interval_start",
          of_next([](const auto& run) { return run.data_interval.start; })},
         {"next_dagrun_data_interval_end",
          of_next([](const auto& run) { return run.data_interval.end; })},
         {"timetable_summary", core::summarize_timetable(dag)},
         {"timetable_description", core::describe_timetable(dag)},
         {"timetable_partitioned", false},
         {"allowed_run_types", nullptr}}
    );
    return object;
}

json dag_details_json(const store::DagRecord& record, std::size_t active_runs) {
    const core::Dag& dag = record.dag;
    json details = dag_json(record);
    details.update(
        {{"active_runs_count", active_runs},
         {"asset_expression", asset_expression_json(dag.asset_condition)},
         {"catchup", dag.catchup},
         {"concurrency", dag.max_active_tasks},
         {"dag_run_timeout",
          dag.dagrun_timeout ? json(iso_duration(*dag.dagrun_timeout)) : json(nullptr)},
         {"default_args", object_or_empty(dag.default_args)},
         {"doc_md", text_or_null(dag.doc_md)},
         {"start_date", time_json(dag.start_date)},
         {"end_date", time_json(dag.end_date)},
         {"is_favorite", false},
         {"is_paused_upon_creation",
          dag.is_paused_upon_creation ? json(*dag.is_paused_upon_creation) : json(nullptr)},
         {"last_parsed", core::format_api(record.last_parsed_at)},
         {"latest_dag_version",
          version_json(
              {dag.dag_id.str(),
               or_else(dag.display_name, dag.dag_id.str()),
               record.version_number,
               record.last_parsed_at}
          )},
         {"owner_links", json::object()},
         {"params", object_or_empty(dag.params)},
         {"render_template_as_native_obj", false},
         {"template_search_path", nullptr},
         {"timezone", dag.timezone}}
    );
    return details;
}

json task_json(const core::Dag& dag, const core::Task& task) {
    json downstream = json::array();
    for (const std::uint32_t index : task.downstream) {
        downstream.push_back(dag.tasks.at(index).task_id.str());
    }
    json params = object_or_empty(dag.params);
    params.update(object_or_empty(task.params));
    return {
        {"task_id", task.task_id.str()},
        {"task_display_name", or_else(task.display_name, task.task_id.str())},
        {"operator_name", task.operator_name},
        {"class_ref", {{"class_name", task.operator_name}, {"module_path", "reel.operators"}}},
        {"downstream_task_ids", std::move(downstream)},
        {"owner", task.owner},
        {"doc_md", text_or_null(task.doc_md)},
        {"start_date", time_json(task.start_date ? task.start_date : dag.start_date)},
        {"end_date", time_json(task.end_date ? task.end_date : dag.end_date)},
        {"trigger_rule", core::to_string(task.trigger_rule)},
        {"depends_on_past", task.depends_on_past || task.wait_for_downstream},
        {"wait_for_downstream", task.wait_for_downstream},
        {"retries", task.retries},
        {"retry_delay", timedelta_json(task.retry_delay)},
        {"retry_exponential_backoff", task.retry_exponential_backoff},
        {"execution_timeout",
         task.execution_timeout ? timedelta_json(*task.execution_timeout) : json(nullptr)},
        {"pool", task.pool},
        {"pool_slots", task.pool_slots},
        {"priority_weight", task.priority_weight},
        {"weight_rule", core::to_string(task.weight_rule)},
        {"queue", task.queue},
        {"params", std::move(params)},
        {"extra_links", json::array()},
        {"template_fields", json::array()},
        {"is_mapped", dag.mapping_of(task) != nullptr},
        {"ui_color", "#fff"},
        {"ui_fgcolor", "#000"}
    };
}

}  // namespace reel::api
