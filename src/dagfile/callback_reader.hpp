#pragma once

#include <vector>

#include "diagnostics.hpp"
#include "reel/core/callback.hpp"
#include "reel/dagfile/node.hpp"
#include "shape_check.hpp"

namespace reel::dagfile {

/// Holds one callback or a list of them to callback_shape(), and their texts to Jinja's syntax.
void check_callbacks(const Node& node, const Subject& subject, Diagnostics& diagnostics);

/// Of a node that check_callbacks() has nothing against; what it has, it leaves out.
[[nodiscard]] std::vector<core::Callback> read_callbacks(const Node& node);

/// "on_failure_callback" and its like, of a task or of a DAG.
[[nodiscard]] core::Callbacks read_callback_fields(const Node& body);

/// The field `deadline` of a DAG. Dates without a zone are of `timezone`.
[[nodiscard]] std::vector<core::Deadline> read_deadlines(
    const Node& node, const std::string& timezone
);

}  // namespace reel::dagfile
