#pragma once

#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/plan.hpp"

namespace reel::warehouse {

/// What plan_publish wants to know about a target that is there. Looks at rows only as far as the
/// plan depends on them.
[[nodiscard]] PublishFacts look_at_target(
    postgres::Link& link, const MergeShape& shape, LoadMode mode, std::int64_t source_rows
);

/// The same about a staged table that a new target may be made of, but for what is dead of it. It
/// need not be there: then it is judged as one that this role would stage now.
[[nodiscard]] StagedFacts look_at_staged(
    postgres::Link& link, const TableName& into, const StagedTable& staged
);

}  // namespace reel::warehouse
