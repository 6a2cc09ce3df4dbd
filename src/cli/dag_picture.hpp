#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace reel::cli {

/// The tasks of a DAG (as the REST API lists them) as a tree from its first tasks down; a task that
/// several depend on is drawn where it is met last in full and by name elsewhere.
[[nodiscard]] std::string draw_tree(const std::string& dag_id, const nlohmann::json& tasks);

/// The same as a graph for Graphviz.
[[nodiscard]] std::string draw_dot(const std::string& dag_id, const nlohmann::json& tasks);

}  // namespace reel::cli
