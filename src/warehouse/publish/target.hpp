#pragma once

#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/postgres/link.hpp"
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

[[nodiscard]] std::vector<CatalogColumn> read_columns(
    postgres::Link& link, const std::string& quoted_table
);

/// Makes schema and table when they are missing: columns as the source has them, the key as primary
/// key. Gives whether it did. Call inside the publishing transaction.
[[nodiscard]] core::Result<bool> ensure_target(
    postgres::Link& link, const PublishSpec& spec, const std::string& source
);

/// Ties source to target by column names. Errors name the columns that are missing on either side
/// where it matters, and a target without a unique constraint on the key.
[[nodiscard]] core::Result<MergeShape> shape_merge(
    postgres::Link& link, const PublishSpec& spec, const std::string& source
);

/// The pure half of shape_merge.
[[nodiscard]] core::Result<MergeShape> match_columns(
    const PublishSpec& spec,
    const std::string& source,
    const std::vector<CatalogColumn>& source_columns,
    const std::vector<CatalogColumn>& target_columns
);

}  // namespace reel::warehouse
