#pragma once

#include "reel/core/result.hpp"
#include "reel/postgres/link.hpp"
#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// Looks whether each row of the source has a key of its own. An error (corrupt_data) tells how
/// many have none, or some that come more than once.
[[nodiscard]] core::Result<void> check_keys(
    postgres::Link& link, const PublishSpec& spec, const MergeShape& shape
);

}  // namespace reel::warehouse
