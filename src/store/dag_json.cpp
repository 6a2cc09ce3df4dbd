#include "reel/store/dag_json.hpp"

#include <fmt/format.h>

#include <optional>

#include "schedule_json.hpp"
#include "task_json.hpp"

namespace reel::store {

using nlohmann::json;

namespace {

json groups_to_json(const std::vector<core::TaskGroup>& groups) {
    json list = json::array();
    for (const core::TaskGroup& group : groups) {
        list.push_back({
            {"group_id", group.group_id},
            {"label", group.label},
            {"tooltip", group.tooltip},
            {"parent", group.parent},
            {"mapping", mapping_to_json(group.mapping)},
        });
    }
    return list;
}

core::TaskGroup group_from_json(const json& from) {
    core::TaskGroup group;
    from.at("group_id").get_to(group.group_id);
    from.at("label").get_to(group.label);
    from.at("tooltip").get_to(group.tooltip);
    from.at("parent").get_to(group.parent);
    group.mapping = mapping_from_json(from.at("mapping"));
    return group;
}

/// What versions of a DAG that an earlier Reel stored do not have.
void read_later_fields(const json& from, core::Dag& dag) {
    read_if_there(from, "max_consecutive_failed_dag_runs", dag.max_consecutive_failed_dag_runs);
    read_if_there(from, "render_template_as_native_obj", dag.render_template_as_native_obj);
    if (from.contains("asset_condition")) {
        dag.asset_condition = expression_from_json(from.at("asset_condition"));
    }
    if (from.contains("callbacks")) dag.callbacks = callbacks_from_json(from.at("callbacks"));
    if (from.contains("deadlines")) dag.deadlines = deadlines_from_json(from.at("deadlines"));
    if (!from.contains("groups")) return;
    for (const json& group : from.at("groups")) dag.groups.push_back(group_from_json(group));
}

core::Dag read_dag(const json& from) {
    core::Dag dag;
    dag.dag_id = core::DagId(from.at("dag_id").get<std::string>());
    from.at("display_name").get_to(dag.display_name);
    from.at("description").get_to(dag.description);
    read_schedule(from, dag);
    from.at("timezone").get_to(dag.timezone);
    dag.start_date = micros_from_json<core::Timestamp>(from.at("start_date"));
    dag.end_date = micros_from_json<core::Timestamp>(from.at("end_date"));
    from.at("catchup").get_to(dag.catchup);
    from.at("max_active_runs").get_to(dag.max_active_runs);
    from.at("max_active_tasks").get_to(dag.max_active_tasks);
    dag.dagrun_timeout = micros_from_json<core::Duration>(from.at("dagrun_timeout"));
    const json& paused = from.at("is_paused_upon_creation");
    if (!paused.is_null()) dag.is_paused_upon_creation = paused.get<bool>();
    from.at("fail_fast").get_to(dag.fail_fast);
    from.at("doc_md").get_to(dag.doc_md);
    from.at("tags").get_to(dag.tags);
    from.at("params").get_to(dag.params.text);
    from.at("default_args").get_to(dag.default_args.text);
    for (const json& task : from.at("tasks")) dag.tasks.push_back(task_from_json(task));
    from.at("fileloc").get_to(dag.fileloc);
    from.at("relative_fileloc").get_to(dag.relative_fileloc);
    from.at("version").get_to(dag.version);
    read_later_fields(from, dag);
    return dag;
}

}  // namespace

core::JsonText dag_to_json(const core::Dag& dag) {
    json tasks = json::array();
    for (const core::Task& task : dag.tasks) tasks.push_back(task_to_json(task));
    // JSON inside is kept as text: its key order and number formats are the file's own.
    json form = {
        {"dag_id", dag.dag_id.str()},
        {"display_name", dag.display_name},
        {"description", dag.description},
        {"timezone", dag.timezone},
        {"start_date", micros_to_json(dag.start_date)},
        {"end_date", micros_to_json(dag.end_date)},
        {"catchup", dag.catchup},
        {"max_active_runs", dag.max_active_runs},
        {"max_active_tasks", dag.max_active_tasks},
        {"dagrun_timeout", micros_to_json(dag.dagrun_timeout)},
        {"is_paused_upon_creation", optional_to_json(dag.is_paused_upon_creation)},
        {"fail_fast", dag.fail_fast},
        {"doc_md", dag.doc_md},
        {"tags", dag.tags},
        {"params", dag.params.text},
        {"default_args", dag.default_args.text},
        {"max_consecutive_failed_dag_runs", dag.max_consecutive_failed_dag_runs},
        {"render_template_as_native_obj", dag.render_template_as_native_obj},
        {"asset_condition", expression_to_json(dag.asset_condition)},
        {"callbacks", callbacks_to_json(dag.callbacks)},
        {"deadlines", deadlines_to_json(dag.deadlines)},
        {"groups", groups_to_json(dag.groups)},
        {"tasks", std::move(tasks)},
        {"fileloc", dag.fileloc},
        {"relative_fileloc", dag.relative_fileloc},
        {"version", dag.version},
    };
    add_schedule(dag, form);
    return {form.dump(-1, ' ', false, json::error_handler_t::replace)};
}

core::Result<core::Dag> dag_from_json(const core::JsonText& text) {
    try {
        return read_dag(json::parse(text.text));
    } catch (const json::exception& error) {
        return core::fail(
            core::Errc::corrupt_data, fmt::format("not a stored DAG: {}", error.what())
        );
    } catch (const std::bad_optional_access&) {
        return core::fail(core::Errc::corrupt_data, "not a stored DAG: it has an unknown word");
    }
}

}  // namespace reel::store
