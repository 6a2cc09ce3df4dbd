#include "context.hpp"

#include <fmt/format.h>

#include <chrono>
#include <variant>

#include "reel/core/schedule.hpp"

namespace reel::executor {

namespace {

struct Spelled {
    std::string ds;
    std::string ds_nodash;
    std::string ts;
    std::string ts_nodash;
    std::string ts_nodash_with_tz;
};

std::string without(const std::string& text, std::string_view unwanted) {
    std::string rest;
    for (const char c : text) {
        if (unwanted.find(c) == std::string_view::npos) {
            rest += c;
        }
    }
    return rest;
}

Spelled spell(core::Timestamp at) {
    Spelled spelled;
    spelled.ts = core::format_iso(at);
    spelled.ds = spelled.ts.substr(0, spelled.ts.find('T'));
    spelled.ds_nodash = without(spelled.ds, "-");
    const auto second = std::chrono::floor<std::chrono::seconds>(at);
    const std::string whole = core::format_iso(second);
    spelled.ts_nodash = without(whole.substr(0, whole.find('+')), "-:");
    spelled.ts_nodash_with_tz = without(spelled.ts, "-:");
    return spelled;
}

Json date_or_null(const std::optional<core::Timestamp>& at) {
    return at ? Json(core::format_iso(*at)) : Json(nullptr);
}

core::DataInterval interval_of(const store::RunRecord& run) {
    const core::Timestamp date = template_date(run);
    return run.data_interval.value_or(core::DataInterval{.start = date, .end = date});
}

Json object_of(const core::JsonText& text) {
    const Json value = Json::parse(text.text, nullptr, false);
    return value.is_object() ? value : Json::object();
}

Json run_context(const store::RunRecord& run) {
    const core::DataInterval interval = interval_of(run);
    Json json{
        {"dag_id", run.dag_id.str()},
        {"run_id", run.run_id.str()},
        {"run_type", core::to_string(run.type)},
        {"state", core::to_string(run.state)},
        {"triggered_by", core::to_string(run.triggered_by)},
        {"triggering_user_name", run.triggering_user},
        {"conf", object_of(run.conf)},
        {"logical_date", date_or_null(run.logical_date)},
        {"run_after", core::format_iso(run.run_after)},
        {"data_interval_start", core::format_iso(interval.start)},
        {"data_interval_end", core::format_iso(interval.end)},
        {"queued_at", core::format_iso(run.queued_at)},
        {"start_date", date_or_null(run.start_date)},
        {"note", run.note},
    };
    return json;
}

Json dag_context(const core::Dag& dag) {
    return Json{
        {"dag_id", dag.dag_id.str()},
        {"dag_display_name", dag.display_name},
        {"description", dag.description},
        {"timezone", dag.timezone},
        {"schedule", core::summarize_timetable(dag)},
        {"start_date", date_or_null(dag.start_date)},
        {"end_date", date_or_null(dag.end_date)},
        {"catchup", dag.catchup},
        {"tags", dag.tags},
        {"fileloc", dag.fileloc},
        {"relative_fileloc", dag.relative_fileloc},
    };
}

Json task_context(const core::Task& task) {
    Json json{
        {"task_id", task.task_id.str()},
        {"task_display_name", task.display_name},
        {"operator_name", task.operator_name},
        {"task_type", task.operator_name},
        {"owner", task.owner},
        {"retries", task.retries},
        {"pool", task.pool},
        {"queue", task.queue},
        {"priority_weight", task.priority_weight},
        {"trigger_rule", core::to_string(task.trigger_rule)},
    };
    return json;
}

Json default_params(const core::JsonText& declared) {
    Json params = Json::object();
    for (const auto& [name, param] : object_of(declared).items()) {
        if (!param.is_object()) {
            params[name] = param;
        } else if (param.contains("default")) {
            params[name] = param["default"];
        }
    }
    return params;
}

Json assets_context(const std::vector<core::Asset>& assets) {
    Json list = Json::array();
    for (const core::Asset& asset : assets) {
        list.push_back(
            {{"name", asset.name},
             {"uri", asset.uri},
             {"group", asset.group},
             {"extra", object_of(asset.extra)}}
        );
    }
    return list;
}

}  // namespace

Json events_context(const std::vector<store::AssetEventView>& events) {
    Json by_uri = Json::object();
    for (const auto& [event, asset_id, name, group, created_runs] : events) {
        const core::TaskKey source = event.source.value_or(core::TaskKey());
        const auto id_or_null = [&](const std::string& id) {
            return event.source ? Json(id) : Json(nullptr);
        };
        by_uri[event.uri].push_back(
            {{"uri", event.uri},
             {"name", name},
             {"group", group},
             {"extra", object_of(event.extra)},
             {"timestamp", core::format_iso(event.timestamp)},
             {"source_dag_id", id_or_null(source.dag_id.str())},
             {"source_run_id", id_or_null(source.run_id.str())},
             {"source_task_id", id_or_null(source.task_id.str())},
             {"source_map_index", source.map_index}}
        );
    }
    return by_uri;
}

Json last_success_context(const std::optional<store::RunRecord>& last) {
    const core::DataInterval interval = last ? interval_of(*last) : core::DataInterval();
    return {
        {"prev_data_interval_start_success",
         date_or_null(last ? std::optional(interval.start) : std::nullopt)},
        {"prev_data_interval_end_success",
         date_or_null(last ? std::optional(interval.end) : std::nullopt)},
        {"prev_start_date_success", date_or_null(last ? last->start_date : std::nullopt)},
        {"prev_end_date_success", date_or_null(last ? last->end_date : std::nullopt)},
    };
}

core::Timestamp template_date(const store::RunRecord& run) {
    return run.logical_date.value_or(run.run_after);
}

Json run_params(const core::Dag& dag, const store::RunRecord& run, const core::Task* task) {
    Json params = default_params(dag.params);
    if (task != nullptr) {
        params.update(default_params(task->params));
    }
    params.update(object_of(run.conf));
    return params;
}

Json run_template_context(
    const core::Dag& dag,
    const store::RunRecord& run,
    const std::vector<store::AssetEventView>& events
) {
    const core::DataInterval interval = interval_of(run);
    const Spelled date = spell(template_date(run));
    return {
        {"ds", date.ds},
        {"ds_nodash", date.ds_nodash},
        {"ts", date.ts},
        {"ts_nodash", date.ts_nodash},
        {"ts_nodash_with_tz", date.ts_nodash_with_tz},
        {"logical_date", date.ts},
        {"data_interval_start", core::format_iso(interval.start)},
        {"data_interval_end", core::format_iso(interval.end)},
        {"run_id", run.run_id.str()},
        {"dag_run", run_context(run)},
        {"dag", dag_context(dag)},
        {"params", run_params(dag, run)},
        {"conf", object_of(run.conf)},
        {"triggering_asset_events", events_context(events)},
        {"test_mode", false},
    };
}

Json template_context(
    const scheduler::AttemptOrder& order,
    const Json& expand,
    const std::vector<store::AssetEventView>& events
) {
    const core::Task& task = order.task();
    const Json instance{
        {"dag_id", order.key.dag_id.str()},
        {"run_id", order.key.run_id.str()},
        {"task_id", order.key.task_id.str()},
        {"map_index", order.key.map_index},
        {"try_number", order.try_number},
        {"max_tries", task.retries},
        {"operator", task.operator_name},
    };
    Json context = run_template_context(*order.dag, order.run, events);
    context["params"] = run_params(*order.dag, order.run, &task);
    context["task"] = task_context(task);
    context["ti"] = instance;
    context["task_instance"] = instance;
    context["map_index"] = order.key.map_index;
    context["try_number"] = order.try_number;
    context["inlets"] = assets_context(task.inlets);
    context["outlets"] = assets_context(task.outlets);
    context["task_instance_key_str"] = fmt::format(
        "{}__{}__{}",
        order.key.dag_id.str(),
        order.key.task_id.str(),
        spell(template_date(order.run)).ds_nodash
    );
    if (!expand.empty()) {
        context["expand"] = expand;
    }
    return context;
}

}  // namespace reel::executor
