#pragma once

#include <optional>
#include <string_view>

#include "reel/core/callback.hpp"
#include "shape.hpp"

namespace reel::dagfile {

/// One callback: a map with exactly one of the kinds, and what goes with it.
[[nodiscard]] const ShapePtr& callback_shape();

/// One deadline of a DAG; the field takes a list of them, too.
[[nodiscard]] ShapePtr deadlines_shape();

/// Airflow writes the references of deadlines in capitals.
[[nodiscard]] std::optional<core::Deadline::Reference> read_reference_word(std::string_view text);

/// "on_failure_callback" and the like of a task, and those of a DAG.
[[nodiscard]] std::vector<Field> task_callback_fields();
[[nodiscard]] std::vector<Field> dag_callback_fields();

/// What names Python functions in dag-factory's files; the hint says what to write.
[[nodiscard]] std::string python_callback_hint();

}  // namespace reel::dagfile
