#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Where one column's values come from: a cell of the record, or keys of a list's element.
struct BoundColumn {
    const ColumnSpec* spec = nullptr;
    std::optional<std::size_t> cell;
    std::vector<std::string> keys;  ///< alternatives; used when `cell` is empty
    bool in_key = false;
};

/// A table of the spec, tied to one file's header. The spec must outlive it.
struct BoundTable {
    const StageTableSpec* spec = nullptr;
    std::optional<std::size_t> each_cell;  ///< the list column; empty: a row per record
    std::vector<BoundColumn> columns;
};

/// Finds every column and list column in the header. All that is missing comes in one error, with
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
