#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "warehouse/publish/merge_sql.hpp"

namespace reel::warehouse {

// Slowly changing dimensions of type 2: a row per version, of which the last one is current.

inline constexpr std::string_view valid_from_column = "valid_from";
inline constexpr std::string_view valid_to_column = "valid_to";  ///< NULL while it is current
inline constexpr std::string_view is_current_column = "is_current";

/// Restricts the target's rows (alias t).
inline constexpr std::string_view current_versions = R"(t."is_current")";

/// SET list of a version that is over since `at`.
[[nodiscard]] std::string end_version(const std::string& at);

/// Ends the current version of what has changed; the tag counts.
[[nodiscard]] std::string end_changed_sql(const MergeShape& shape, const std::string& at);

/// A current version for each change; the tag counts.
[[nodiscard]] std::string insert_versions_sql(const MergeShape& shape, const std::string& at);

}  // namespace reel::warehouse
