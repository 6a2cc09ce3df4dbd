#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/postgres/link.hpp"
#include "warehouse/publish/shape.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

[[nodiscard]] std::vector<CatalogColumn> read_columns(
    postgres::Link& link, const std::string& quoted_table
);

/// Whether the target is there. An error where it is no table.
[[nodiscard]] core::Result<bool> find_target(postgres::Link& link, const PublishSpec& spec);

/// Ties source to a target that is there, by column names. Errors name the columns that are missing
/// on either side where it matters, and a target without a unique constraint on the key.
[[nodiscard]] core::Result<MergeShape> shape_merge(
    postgres::Link& link, const PublishSpec& spec, const std::string& source
);

/// Makes the schema where it is missing and the table with the source's rows, then what keeps them
/// apart: the key is primary key. Gives the number of rows. Call inside the publishing transaction.
[[nodiscard]] std::int64_t make_target(
    postgres::Link& link, const PublishSpec& spec, const MergeShape& shape, const std::string& at
);

/// The same where the source is a staged table that becomes the target. It should have `staged`
/// rows; what it has is counted.
[[nodiscard]] std::int64_t take_over_staged(
    postgres::Link& link, const PublishSpec& spec, const MergeShape& shape, std::int64_t staged
);

}  // namespace reel::warehouse
