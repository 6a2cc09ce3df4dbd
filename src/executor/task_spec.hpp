#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "json.hpp"
#include "reel/core/result.hpp"
#include "reel/warehouse/operations.hpp"
#include "staged.hpp"

namespace reel::executor {

/// What `reel task exec` finds on descriptor 3: one attempt of a built-in operator, ready to run.
/// Holds secrets.
struct TaskSpec {
    std::string operator_name;
    Json args = Json::object();
    std::string uri;  ///< of the warehouse connection; empty for operators without one
    warehouse::LoadIdentity identity;
    std::filesystem::path data_dir;
    std::filesystem::path cache_dir;
    std::filesystem::path dag_dir;
    StagedTables staged;
    std::vector<std::string> secrets;  ///< what may not be logged
};

[[nodiscard]] std::string to_json(const TaskSpec& spec);
[[nodiscard]] core::Result<TaskSpec> parse_task_spec(const std::string& text);

/// What a task process writes to descriptor 4 when it fails: the Python wrapper and `task exec`
/// alike.
struct TaskFailure {
    std::string message;
    std::string hint;
    bool retryable = true;
};

/// What a task process writes to descriptor 4.
struct TaskReport {
    Json return_value;  ///< null: nothing is pushed
    Json xcoms = Json::object();
    std::optional<TaskFailure> failure;
};

[[nodiscard]] std::string to_json(const TaskReport& report);
/// An empty text is an empty report.
[[nodiscard]] core::Result<TaskReport> parse_task_report(const std::string& text);

}  // namespace reel::executor
