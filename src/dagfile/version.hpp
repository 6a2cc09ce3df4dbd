#pragma once

#include <string>

#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// SHA-256 over the DAG's id and its merged description: 64 hex digits. Comments, places and the
/// way of writing do not count; the order of keys does, for columns and tasks have one.
[[nodiscard]] std::string hash_version(const std::string& dag_id, const Node& description);

}  // namespace reel::dagfile
