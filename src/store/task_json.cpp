#include "task_json.hpp"

#include <utility>

namespace reel::store {

using nlohmann::json;

json mapping_to_json(const std::optional<core::Mapping>& mapping) {
    if (!mapping) return nullptr;
    json sources = json::array();
    for (const core::MapSource& source : mapping->sources) {
        sources.push_back({
            {"argument", source.argument},
            {"literal", source.literal.text},
            {"upstream", source.upstream ? json(*source.upstream) : json()},
            {"xcom_key", source.xcom_key},
        });
    }
    return sources;
}

std::optional<core::Mapping> mapping_from_json(const json& from) {
    if (from.is_null()) return std::nullopt;
    core::Mapping mapping;
    for (const json& item : from) {
        core::MapSource source;
        item.at("argument").get_to(source.argument);
        item.at("literal").get_to(source.literal.text);
        if (!item.at("upstream").is_null()) {
            source.upstream = item.at("upstream").get<std::uint32_t>();
        }
        item.at("xcom_key").get_to(source.xcom_key);
        mapping.sources.push_back(std::move(source));
    }
    return mapping;
}

json task_to_json(const core::Task& task) {
    return {
        {"task_id", task.task_id.str()},
        {"operator", task.operator_name},
        {"args", task.args.text},
        {"upstream", task.upstream},
        {"downstream", task.downstream},
        {"group", task.group},
        {"owner", task.owner},
        {"doc_md", task.doc_md},
        {"display_name", task.display_name},
        {"trigger_rule", core::to_string(task.trigger_rule)},
        {"retries", task.retries},
        {"retry_delay", task.retry_delay.count()},
        {"retry_exponential_backoff", task.retry_exponential_backoff},
        {"max_retry_delay", micros_to_json(task.max_retry_delay)},
        {"execution_timeout", micros_to_json(task.execution_timeout)},
        {"priority_weight", task.priority_weight},
        {"weight_rule", core::to_string(task.weight_rule)},
        {"pool", task.pool},
        {"pool_slots", task.pool_slots},
        {"queue", task.queue},
        {"do_xcom_push", task.do_xcom_push},
        {"params", task.params.text},
        {"retry_exit_codes", task.retry_exit_codes},
        {"mapping", mapping_to_json(task.mapping)},
        {"map_index_template", task.map_index_template},
        {"depends_on_past", task.depends_on_past},
        {"wait_for_downstream", task.wait_for_downstream},
        {"wait_for_past_depends_before_skipping", task.wait_for_past_depends_before_skipping},
        {"start_date", micros_to_json(task.start_date)},
        {"end_date", micros_to_json(task.end_date)},
        {"max_active_tis_per_dag", optional_to_json(task.max_active_tis_per_dag)},
        {"max_active_tis_per_dagrun", optional_to_json(task.max_active_tis_per_dagrun)},
        {"is_setup", task.is_setup},
        {"is_teardown", task.is_teardown},
        {"on_failure_fail_dagrun", task.on_failure_fail_dagrun},
        {"inlets", assets_to_json(task.inlets)},
        {"outlets", assets_to_json(task.outlets)},
        {"callbacks", callbacks_to_json(task.callbacks)},
        {"outlet_aliases", task.outlet_aliases},
        {"file", task.position.file},
        {"line", task.position.line},
        {"column", task.position.column},
    };
}

namespace {

/// What versions of a DAG that an earlier Reel stored do not have.
void read_later_fields(const json& from, core::Task& task) {
    read_if_there(from, "params", task.params.text);
    read_if_there(from, "retry_exit_codes", task.retry_exit_codes);
    if (from.contains("mapping")) task.mapping = mapping_from_json(from.at("mapping"));
    read_if_there(from, "map_index_template", task.map_index_template);
    read_if_there(from, "depends_on_past", task.depends_on_past);
    read_if_there(from, "wait_for_downstream", task.wait_for_downstream);
    read_if_there(
        from, "wait_for_past_depends_before_skipping", task.wait_for_past_depends_before_skipping
    );
    if (from.contains("start_date")) {
        task.start_date = micros_from_json<core::Timestamp>(from.at("start_date"));
        task.end_date = micros_from_json<core::Timestamp>(from.at("end_date"));
    }
    read_if_there(from, "max_active_tis_per_dag", task.max_active_tis_per_dag);
    read_if_there(from, "max_active_tis_per_dagrun", task.max_active_tis_per_dagrun);
    read_if_there(from, "is_setup", task.is_setup);
    read_if_there(from, "is_teardown", task.is_teardown);
    read_if_there(from, "on_failure_fail_dagrun", task.on_failure_fail_dagrun);
    if (from.contains("inlets")) task.inlets = assets_from_json(from.at("inlets"));
    read_if_there(from, "outlet_aliases", task.outlet_aliases);
    if (from.contains("outlets")) task.outlets = assets_from_json(from.at("outlets"));
    if (from.contains("callbacks")) task.callbacks = callbacks_from_json(from.at("callbacks"));
}

}  // namespace

core::Task task_from_json(const json& from) {
    core::Task task;
    task.task_id = core::TaskId(from.at("task_id").get<std::string>());
    from.at("operator").get_to(task.operator_name);
    from.at("args").get_to(task.args.text);
    from.at("upstream").get_to(task.upstream);
    from.at("downstream").get_to(task.downstream);
    from.at("group").get_to(task.group);
    from.at("owner").get_to(task.owner);
    from.at("doc_md").get_to(task.doc_md);
    from.at("display_name").get_to(task.display_name);
    task.trigger_rule =
        core::parse_trigger_rule(from.at("trigger_rule").get<std::string>()).value();
    from.at("retries").get_to(task.retries);
    task.retry_delay = micros_from_json<core::Duration>(from.at("retry_delay")).value();
    from.at("retry_exponential_backoff").get_to(task.retry_exponential_backoff);
    task.max_retry_delay = micros_from_json<core::Duration>(from.at("max_retry_delay"));
    task.execution_timeout = micros_from_json<core::Duration>(from.at("execution_timeout"));
    from.at("priority_weight").get_to(task.priority_weight);
    task.weight_rule = core::parse_weight_rule(from.at("weight_rule").get<std::string>()).value();
    from.at("pool").get_to(task.pool);
    from.at("pool_slots").get_to(task.pool_slots);
    from.at("queue").get_to(task.queue);
    from.at("do_xcom_push").get_to(task.do_xcom_push);
    from.at("file").get_to(task.position.file);
    from.at("line").get_to(task.position.line);
    from.at("column").get_to(task.position.column);
    read_later_fields(from, task);
    return task;
}

}  // namespace reel::store
