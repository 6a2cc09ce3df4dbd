#pragma once

#include <string>

#include "warehouse/infer/inferred_table.hpp"

namespace reel::warehouse {

/// The table as a DAG file of a stage and an upsert task, each column under comments that say what
/// was seen. `read_load_spec` gives the same plan back.
[[nodiscard]] std::string spec_yaml(const InferredTable& table);

/// A value in YAML's flow style, in one line: {type: integer, null_values: ["."]}
[[nodiscard]] std::string flow_yaml(const Json& value);

}  // namespace reel::warehouse
