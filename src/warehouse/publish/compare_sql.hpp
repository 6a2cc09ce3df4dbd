#pragma once

#include <string>
#include <string_view>

#include "warehouse/publish/merge_sql.hpp"

namespace reel::warehouse {

/// The rows of the source that the target lacks or has otherwise, with where they are there.
inline constexpr std::string_view changes_relation = "pg_temp.reel_changes";

/// Fills changes_relation by one join. What it leaves out was found in the target, equal.
/// `among` restricts the target's rows ("t.\"is_current\""); maybe empty. Its tag counts the
/// changes.
[[nodiscard]] std::string find_changes_sql(const MergeShape& shape, std::string_view among = {});

/// How many changes are of rows that the target has: column present.
[[nodiscard]] std::string count_changed_sql();

/// The shape of a statement that takes its rows from the changes.
[[nodiscard]] MergeShape from_changes(const MergeShape& shape);

/// Updates what has changed, where it still lies where it was found; the tag counts.
[[nodiscard]] std::string update_changed_sql(const MergeShape& shape);

/// Inserts what the target lacked; the tag counts.
[[nodiscard]] std::string insert_new_sql(const MergeShape& shape);

/// What of at most a few thousand rows from all over the source the target has, and has equal: one
/// row: sampled, matched, equal. `rows` is about how many the source has.
[[nodiscard]] std::string sample_sql(const MergeShape& shape, double rows);

}  // namespace reel::warehouse
