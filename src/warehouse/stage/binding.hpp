#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Where one column's values come from: a cell of the record, or keys of an object, which is a
/// list's element or the record itself.
struct BoundColumn {
    const ColumnSpec* spec = nullptr;
    std::optional<std::size_t> cell;
    std::vector<std::string> keys;  ///< alternatives; used when `cell` is empty
    bool of_record = false;         ///< whether it is the record's own
    bool in_key = false;
};

/// A cell of the header that no column reads.
struct NewCell {
    std::size_t cell = 0;
    std::string name;
};

/// A table of the spec, tied to one file's header. The spec must outlive it.
struct BoundTable {
    const StageTableSpec* spec = nullptr;
    /// The list column of a table with `each`, where records have cells; else the list is under one
    /// of the keys that `each` names.
    std::optional<std::size_t> each_cell;
    std::vector<BoundColumn> columns;
    /// What its contract watches: cells that nobody reads, with their names in the header, or the
    /// keys that somebody reads of an object whose others are new. Empty when nothing is watched.
    std::vector<NewCell> new_cells = {};
    std::vector<std::string> known_keys = {};

    /// Whether there is a row per element of a list, and not per record.
    [[nodiscard]] bool has_each() const { return !spec->each.empty(); }
};

/// Finds every column and list column in the header. Records that name their own values (JSON) have
/// none: then every name is a key. All that is missing comes in one error, with
/// the header and what was probably meant.
[[nodiscard]] core::Result<std::vector<BoundTable>> bind_columns(
    const StageSpec& spec, const std::vector<std::string>& header
);

/// An error that says how the header of a further file differs from that of the first, which has to
/// be the same.
[[nodiscard]] core::Result<void> check_same_header(
    const std::vector<std::string>& first, const std::vector<std::string>& further
);

}  // namespace reel::warehouse
