#include "task_spec.hpp"

#include <utility>

namespace reel::executor {

namespace {

Json identity_json(const warehouse::LoadIdentity& identity) {
    return Json{
        {"dag_id", identity.key.dag_id.str()},
        {"run_id", identity.key.run_id.str()},
        {"task_id", identity.key.task_id.str()},
        {"map_index", identity.key.map_index},
        {"try_number", identity.try_number},
        {"attempt", identity.attempt},
    };
}

warehouse::LoadIdentity parse_identity(const Json& json) {
    return warehouse::LoadIdentity{
        .key =
            core::TaskKey{
                .dag_id = core::DagId(json.at("dag_id").get<std::string>()),
                .run_id = core::RunId(json.at("run_id").get<std::string>()),
                .task_id = core::TaskId(json.at("task_id").get<std::string>()),
                .map_index = json.at("map_index").get<int>(),
            },
        .try_number = json.at("try_number").get<int>(),
        .attempt = json.at("attempt").get<core::AttemptId>(),
    };
}

Json staged_json(const StagedTables& staged) {
    Json json = Json::object();
    for (const auto& [reference, table] : staged) {
        json[reference] = Json{
            {"physical", table.physical},
            {"columns", table.columns.text},
            {"key", table.key.text},
            {"has_one_reader", table.has_one_reader},
        };
    }
    return json;
}

StagedTables parse_staged(const Json& json) {
    StagedTables staged;
    for (const auto& [reference, table] : json.items()) {
        staged[reference] = warehouse::StagedTable{
            .physical = table.at("physical").get<std::string>(),
            .columns = core::JsonText{table.at("columns").get<std::string>()},
            .key = core::JsonText{table.at("key").get<std::string>()},
            .has_one_reader = table.at("has_one_reader").get<bool>(),
        };
    }
    return staged;
}

}  // namespace

std::string to_json(const TaskSpec& spec) {
    return dump(Json{
        {"operator", spec.operator_name},
        {"args", spec.args},
        {"uri", spec.uri},
        {"identity", identity_json(spec.identity)},
        {"data_dir", spec.data_dir.string()},
        {"cache_dir", spec.cache_dir.string()},
        {"dag_dir", spec.dag_dir.string()},
        {"staged", staged_json(spec.staged)},
        {"secrets", spec.secrets},
    });
}

core::Result<TaskSpec> parse_task_spec(const std::string& text) {
    try {
        const Json json = Json::parse(text);
        return TaskSpec{
            .operator_name = json.at("operator").get<std::string>(),
            .args = json.at("args"),
            .uri = json.at("uri").get<std::string>(),
            .identity = parse_identity(json.at("identity")),
            .data_dir = json.at("data_dir").get<std::string>(),
            .cache_dir = json.at("cache_dir").get<std::string>(),
            .dag_dir = json.at("dag_dir").get<std::string>(),
            .staged = parse_staged(json.at("staged")),
            .secrets = json.at("secrets").get<std::vector<std::string>>(),
        };
    } catch (const Json::exception&) {
        return core::fail(
            core::Errc::invalid_argument,
            "descriptor 3 holds no task specification",
            "this command is started by Reel itself"
        );
    }
}

std::string to_json(const TaskReport& report) {
    Json json{{"return_value", report.return_value}, {"xcoms", report.xcoms}};
    if (report.failure) {
        json["error"] = Json{
            {"message", report.failure->message},
            {"hint", report.failure->hint},
            {"retryable", report.failure->retryable},
        };
    }
    return dump(json);
}

core::Result<TaskReport> parse_task_report(const std::string& text) {
    TaskReport report;
    if (text.empty()) {
        return report;
    }
    const auto json = parse_json(text, "what the task wrote to descriptor 4");
    if (!json) {
        return std::unexpected(json.error());
    }
    if (!json->is_object()) {
        return core::fail(
            core::Errc::invalid_argument, "what the task wrote to descriptor 4 is no report"
        );
    }
    report.return_value = json->value("return_value", Json());
    const Json xcoms = json->value("xcoms", Json::object());
    report.xcoms = xcoms.is_object() ? xcoms : Json::object();
    if (const auto error = json->find("error"); error != json->end() && error->is_object()) {
        report.failure = TaskFailure{
            .message = text_of(*error, "message", "failed"),
            .hint = text_of(*error, "hint"),
            .retryable = !(error->contains("retryable") && (*error)["retryable"] == Json(false)),
        };
    }
    return report;
}

}  // namespace reel::executor
