#pragma once

#include <string>
#include <string_view>

#include "warehouse/publish/merge_sql.hpp"

namespace reel::warehouse {

/// The rows of the source that the target lacks or has otherwise.
inline constexpr std::string_view changes_relation = "pg_temp.reel_changes";

/// Fills changes_relation by one join. What it leaves out was found in the target, equal.
/// `among` restricts the target's rows (`t."is_current"`); maybe empty. Its tag counts the changes.
[[nodiscard]] std::string find_changes_sql(const MergeShape& shape, std::string_view among = {});

/// Of a change: whether the target has its key. A column of changes_relation.
inline constexpr std::string_view is_there = "s._reel_there";

/// How many changes are of rows that the target has: column there.
[[nodiscard]] std::string count_there_sql();

/// The shape of a statement that takes its rows from the changes.
[[nodiscard]] MergeShape from_changes(const MergeShape& shape);

/// What of at most a few thousand rows from all over the source the target has, and has equal: one
/// row: sampled, matched, equal. `rows` is about how many the source has.
[[nodiscard]] std::string sample_sql(const MergeShape& shape, double rows);

}  // namespace reel::warehouse
