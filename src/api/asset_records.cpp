#include "json_pieces.hpp"
#include "records_json.hpp"

namespace reel::api {

using nlohmann::json;

namespace {

using Kind = core::AssetExpression::Kind;

/// Airflow's default, and all there is here.
constexpr const char* alias_group = "asset";

json expression_json(const core::AssetExpression& expression) {
    if (expression.kind == Kind::asset) {
        const core::Asset& asset = expression.asset;
        return {{"asset", {{"uri", asset.uri}, {"name", asset.name}, {"group", asset.group}}}};
    }
    if (expression.kind == Kind::alias) {
        return {{"alias", {{"name", expression.asset.name}, {"group", alias_group}}}};
    }
    json operands = json::array();
    for (const auto& operand : expression.operands) operands.push_back(expression_json(operand));
    json combined = json::object();
    combined[expression.kind == Kind::all ? "all" : "any"] = std::move(operands);
    return combined;
}

/// A place where a DAG names an asset; it is as old as the asset as far as anybody knows.
json reference_json(const store::AssetRecord& record, const core::DagId& dag_id) {
    return {
        {"dag_id", dag_id.str()},
        {"created_at", core::format_api(record.created_at)},
        {"updated_at", core::format_api(record.updated_at)}
    };
}

json tasks_json(const store::AssetRecord& record, const std::vector<store::AssetTask>& tasks) {
    json list = json::array();
    for (const store::AssetTask& task : tasks) {
        list.push_back(reference_json(record, task.dag_id));
        list.back()["task_id"] = task.task_id.str();
    }
    return list;
}

/// Airflow's client wants a start_date: that of a run that waits is when it was queued.
json consumer_json(const store::RunRecord& run) {
    const auto& interval = run.data_interval;
    const std::optional<core::Timestamp> none;
    return {
        {"dag_id", run.dag_id.str()},
        {"run_id", run.run_id.str()},
        {"state", core::to_string(run.state)},
        {"logical_date", time_json(run.logical_date)},
        {"start_date", core::format_api(run.start_date.value_or(run.queued_at))},
        {"end_date", time_json(run.end_date)},
        {"data_interval_start", time_json(interval ? std::optional(interval->start) : none)},
        {"data_interval_end", time_json(interval ? std::optional(interval->end) : none)},
        {"partition_key", nullptr}
    };
}

json aliases_json(const std::vector<store::AssetAliasRecord>& aliases) {
    json list = json::array();
    for (const store::AssetAliasRecord& alias : aliases) list.push_back(asset_alias_json(alias));
    return list;
}

}  // namespace

json asset_alias_json(const store::AssetAliasRecord& alias) {
    return {{"id", alias.id}, {"name", alias.name}, {"group", alias_group}};
}

json asset_json(const store::AssetRecord& record) {
    json scheduled = json::array();
    for (const core::DagId& dag_id : record.scheduled_dags) {
        scheduled.push_back(reference_json(record, dag_id));
    }
    return {
        {"id", record.id},
        {"name", record.asset.name},
        {"uri", record.asset.uri},
        {"group", record.asset.group},
        {"extra", object_or_empty(record.asset.extra)},
        {"created_at", core::format_api(record.created_at)},
        {"updated_at", core::format_api(record.updated_at)},
        {"scheduled_dags", std::move(scheduled)},
        {"producing_tasks", tasks_json(record, record.producing_tasks)},
        {"consuming_tasks", tasks_json(record, record.consuming_tasks)},
        {"aliases", aliases_json(record.aliases)},
        {"watchers", json::array()},
        {"last_asset_event",
         {{"id", record.last_event_id ? json(*record.last_event_id) : json(nullptr)},
          {"timestamp", time_json(record.last_event_at)}}}
    };
}

json asset_event_json(const store::AssetEventView& view) {
    const store::AssetEventRecord& event = view.event;
    const core::TaskKey source = event.source.value_or(core::TaskKey());
    json consumers = json::array();
    for (const store::RunRecord& run : view.created_runs) consumers.push_back(consumer_json(run));
    return {
        {"id", event.id},
        {"asset_id", view.asset_id},
        {"uri", event.uri},
        {"name", view.name},
        {"group", view.group},
        {"extra", object_or_empty(event.extra)},
        {"timestamp", core::format_api(event.timestamp)},
        {"source_dag_id", text_or_null(source.dag_id.str())},
        {"source_run_id", text_or_null(source.run_id.str())},
        {"source_task_id", text_or_null(source.task_id.str())},
        {"source_map_index", source.map_index},
        {"created_dagruns", std::move(consumers)},
        {"partition_key", nullptr}
    };
}

json asset_expression_json(const std::optional<core::AssetExpression>& expression) {
    return expression ? expression_json(*expression) : json();
}

}  // namespace reel::api
