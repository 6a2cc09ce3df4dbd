#pragma once

#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// A column as the catalog has it.
struct CatalogColumn {
    std::string name;
    std::string type;  ///< "numeric(2,1)"
    bool not_null = false;
    bool filled_by_server = false;   ///< has a default or is an identity
    bool written_by_server = false;  ///< generated, or an identity that takes no value
};

/// Ties source to target by column names. Errors name the columns that are missing on either side
/// where it matters.
[[nodiscard]] core::Result<MergeShape> match_columns(
    const PublishSpec& spec,
    const std::string& source,
    const std::vector<CatalogColumn>& source_columns,
    const std::vector<CatalogColumn>& target_columns
);

/// The same for a target that is to be made: all columns as the source has them.
[[nodiscard]] core::Result<MergeShape> shape_of_new(
    const PublishSpec& spec,
    const std::string& source,
    const std::vector<CatalogColumn>& source_columns
);

}  // namespace reel::warehouse
