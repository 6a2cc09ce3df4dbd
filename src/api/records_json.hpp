#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "reel/store/asset_records.hpp"
#include "reel/store/records.hpp"

namespace reel::api {

// Records in the shapes of Airflow's API; every field its specification requires is always there.

[[nodiscard]] nlohmann::json dag_json(const store::DagRecord& record);
/// Those of its fields that need no look at what the tasks do.
[[nodiscard]] nlohmann::json dag_summary_json(const store::DagSummary& dag);
[[nodiscard]] nlohmann::json dag_details_json(
    const store::DagRecord& record, std::size_t active_runs
);
[[nodiscard]] nlohmann::json task_json(const core::Dag& dag, const core::Task& task);
[[nodiscard]] nlohmann::json run_json(
    const store::RunRecord& run, const std::string& dag_display_name
);
[[nodiscard]] nlohmann::json variable_json(const store::VariableRecord& variable);
/// Without the password; secrets in `extra` are "***".
[[nodiscard]] nlohmann::json connection_json(const store::ConnectionRecord& connection);
[[nodiscard]] nlohmann::json import_error_json(const store::ImportErrorRecord& error);

[[nodiscard]] nlohmann::json asset_alias_json(const store::AssetAliasRecord& alias);
[[nodiscard]] nlohmann::json asset_json(const store::AssetRecord& record);
[[nodiscard]] nlohmann::json asset_event_json(const store::AssetEventView& view);
/// Airflow's asset_expression: {"all": [{"asset": {…}}, {"any": …}]}; null without one.
[[nodiscard]] nlohmann::json asset_expression_json(
    const std::optional<core::AssetExpression>& expression
);

/// What a task instance, a try or an XCom shows of its run and its DAG.
struct RunView {
    store::RunRecord run;
    std::string dag_display_name;
    std::string task_display_name;
};
[[nodiscard]] nlohmann::json task_instance_json(
    const store::TaskInstanceRecord& task, const RunView& view
);
/// A TaskInstanceHistoryResponse.
[[nodiscard]] nlohmann::json attempt_json(
    const store::AttemptRecord& attempt, const store::TaskInstanceRecord& task, const RunView& view
);
[[nodiscard]] nlohmann::json xcom_json(const store::XComRecord& xcom, const RunView& view);

/// `extra` with every secret in it as "***".
[[nodiscard]] std::string masked_extra(const std::string& extra);
}  // namespace reel::api
