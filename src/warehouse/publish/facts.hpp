#pragma once

#include "reel/postgres/link.hpp"
#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/plan.hpp"

namespace reel::warehouse {

/// What plan_publish wants to know about a target that is there. Looks at rows only as far as the
/// plan depends on them.
[[nodiscard]] PublishFacts look_at_target(
    postgres::Link& link, const MergeShape& shape, LoadMode mode, std::int64_t source_rows
);

}  // namespace reel::warehouse
