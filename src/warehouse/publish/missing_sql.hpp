#pragma once

#include <string>

#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// How many rows of the target count, and how many of them the source lacks: columns live, missing.
/// Not counted: what is marked as deleted already, and versions that are over.
[[nodiscard]] std::string count_missing_sql(const MergeShape& shape, const PublishSpec& spec);

/// Deletes target rows whose key the source does not have; without a key, all rows.
[[nodiscard]] std::string delete_missing_sql(const MergeShape& shape);

/// Instead of deleting: marks such rows, or ends their current version, as of `at` (a moment in
/// the server's own spelling).
[[nodiscard]] std::string retire_missing_sql(
    const MergeShape& shape, const PublishSpec& spec, const std::string& at
);

/// Deletes what the target has in the window.
[[nodiscard]] std::string delete_window_sql(const MergeShape& shape, const Window& window);

/// How many rows of the source lie outside of the window: column outside.
[[nodiscard]] std::string count_outside_sql(const MergeShape& shape, const Window& window);

}  // namespace reel::warehouse
