#pragma once

#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/publish/shape.hpp"

namespace reel::warehouse {

/// How the target's columns change before rows are put there.
struct Evolution {
    std::vector<std::string> sql;        ///< a statement for each column; empty: nothing changes
    std::vector<CatalogColumn> columns;  ///< the target's, afterwards
};

/// What the contract allows and the source needs. An error (invalid_argument) that names all
/// columns whose types a frozen target cannot hold.
[[nodiscard]] core::Result<Evolution> plan_evolution(
    const PublishSpec& spec,
    const std::vector<CatalogColumn>& source_columns,
    std::vector<CatalogColumn> target_columns
);

/// Source columns that the target lacks and the contract leaves out.
[[nodiscard]] std::vector<std::string> left_out_columns(
    const PublishSpec& spec,
    const std::vector<CatalogColumn>& source_columns,
    const std::vector<CatalogColumn>& target_columns
);

}  // namespace reel::warehouse
