#include "lookups.hpp"

#include <fmt/format.h>

#include <charconv>

namespace reel::api {

namespace {

std::unexpected<Rejection> no_such_dag(const std::string& dag_id) {
    return reject(404, fmt::format("The Dag with ID: `{}` was not found", dag_id));
}

std::unexpected<Rejection> no_such_run(const std::string& dag_id, const std::string& run_id) {
    return reject(
        404,
        fmt::format("The DagRun with dag_id: `{}` and run_id: `{}` was not found", dag_id, run_id)
    );
}

std::unexpected<Rejection> no_such_task_instance(
    const std::string& dag_id, const std::string& run_id, const std::string& task_id
) {
    return reject(
        404,
        fmt::format(
            "The Task Instance with dag_id: `{}`, run_id: `{}` and task_id: `{}` was not found",
            dag_id,
            run_id,
            task_id
        )
    );
}

}  // namespace

Outcome<core::DagId> dag_id_of(const Call& call) {
    const std::string& text = call.parameter("dag_id");
    if (!core::is_valid_key(text)) return no_such_dag(text);
    return core::DagId(text);
}

Outcome<core::RunId> run_id_of(const Call& call) {
    const std::string& text = call.parameter("dag_run_id");
    if (!core::is_valid_run_id(text)) return no_such_run(call.parameter("dag_id"), text);
    return core::RunId(text);
}

Outcome<core::TaskKey> task_key_of(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    const auto run_id = run_id_of(call);
    if (!run_id) return std::unexpected(run_id.error());
    const std::string& task_id = call.parameter("task_id");
    if (!core::is_valid_key(task_id)) {
        return no_such_task_instance(dag_id->str(), run_id->str(), task_id);
    }
    core::TaskKey key{*dag_id, *run_id, core::TaskId(task_id), -1};
    const auto index = call.path.find("map_index");
    if (index == call.path.end()) return key;
    const std::string& text = index->second;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), key.map_index);
    if (error != std::errc() || end != text.data() + text.size()) {
        return reject({{{"path", "map_index"}, "Input should be a valid integer", "int_parsing"}});
    }
    return key;
}

Outcome<store::DagRecord> find_dag(store::RunStore& store, const core::DagId& dag_id) {
    auto record = store.get_dag(dag_id);
    if (record) return std::move(*record);
    if (record.error().code == core::Errc::not_found) return no_such_dag(dag_id.str());
    return reject(record.error());
}

Outcome<store::RunRecord> find_run(
    store::RunStore& store, const core::DagId& dag_id, const core::RunId& run_id
) {
    auto run = store.get_run(dag_id, run_id);
    if (run) return std::move(*run);
    if (run.error().code == core::Errc::not_found) return no_such_run(dag_id.str(), run_id.str());
    return reject(run.error());
}

Outcome<store::TaskInstanceRecord> find_task_instance(
    store::RunStore& store, const core::TaskKey& key
) {
    auto task = store.get_task_instance(key);
    if (task) return std::move(*task);
    if (task.error().code != core::Errc::not_found) return reject(task.error());
    return no_such_task_instance(key.dag_id.str(), key.run_id.str(), key.task_id.str());
}

core::TriggeredBy triggered_by(const Request& request) {
    return request.header("user-agent").starts_with("reel-cli") ? core::TriggeredBy::cli
                                                                : core::TriggeredBy::rest_api;
}

nlohmann::json collection(std::string_view name, nlohmann::json items, std::size_t total) {
    nlohmann::json value = nlohmann::json::object();
    value[std::string(name)] = std::move(items);
    value["total_entries"] = total;
    return value;
}

const core::Dag& RunViews::dag(const core::DagId& dag_id) {
    const auto known = dags_.find(dag_id);
    if (known != dags_.end()) return known->second;
    auto record = store_.get_dag(dag_id);
    return dags_.emplace(dag_id, record ? std::move(record->dag) : core::Dag()).first->second;
}

const std::string& RunViews::dag_display_name(const core::DagId& dag_id) {
    const auto known = display_names_.find(dag_id);
    if (known != display_names_.end()) return known->second;
    return display_names_.emplace(dag_id, store_.dag_display_name(dag_id)).first->second;
}

RunView RunViews::view(const core::TaskKey& key) {
    const auto name = std::pair(key.dag_id, key.run_id);
    auto known = runs_.find(name);
    if (known == runs_.end()) {
        auto run = store_.get_run(key.dag_id, key.run_id);
        store::RunRecord empty;
        empty.dag_id = key.dag_id;
        empty.run_id = key.run_id;
        known = runs_.emplace(name, run ? std::move(*run) : std::move(empty)).first;
    }
    const core::Dag& of = dag(key.dag_id);
    const core::Task* task = of.find_task(key.task_id);
    return {known->second, of.display_name, task == nullptr ? std::string() : task->display_name};
}

}  // namespace reel::api
