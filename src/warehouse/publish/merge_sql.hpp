#pragma once

#include <string>
#include <vector>

namespace reel::warehouse {

/// One column that is published.
struct MergeColumn {
    std::string name;
    bool comparable = true;  ///< false for json and xml, which have no equality: compared as text
    bool exact = true;       ///< the target's type takes each value of the source's as it is
};

/// Names are quoted already in `target` and `source`, not in the columns.
struct MergeShape {
    std::string target;
    std::string source;
    std::vector<MergeColumn> columns;
    std::vector<std::string> key;
    std::string deleted_mark;  ///< column that says since when a row is missing; maybe empty
    bool is_partitioned = false;
    bool is_plain = false;       ///< no partitions, children, triggers, rules: all in it is ours
    bool may_drop_rows = false;  ///< a trigger or rule of the target may make away with a row
};

/// INSERT … ON CONFLICT that touches only rows that differ. One row: inserted, updated. Into a
/// partitioned table, which of the two a row is goes by whether it was there when the statement
/// began.
[[nodiscard]] std::string on_conflict_sql(const MergeShape& shape);

/// MERGE (Postgres 15) that does the same. It gives no rows: only how many it wrote, and
/// written_sql() tells which were inserted.
[[nodiscard]] std::string merge_sql(const MergeShape& shape);

/// How many rows of a plain target this transaction has inserted and updated so far, by the
/// server's own counters (track_counts): columns inserted, updated.
[[nodiscard]] std::string written_sql(const MergeShape& shape);

/// Plain INSERT.
[[nodiscard]] std::string append_sql(const MergeShape& shape);

/// At most five keys that the source has more than once, as "(a, b) × n", and how many there are in
/// all: columns sample, total.
[[nodiscard]] std::string duplicate_keys_sql(const MergeShape& shape);

/// How many source rows have NULL in a part of the key.
[[nodiscard]] std::string null_keys_sql(const MergeShape& shape);

/// How many source rows the target has now, by key: column total.
[[nodiscard]] std::string present_sql(const MergeShape& shape);

/// How many rows the source has: column total.
[[nodiscard]] std::string source_rows_sql(const MergeShape& shape);

}  // namespace reel::warehouse
