#pragma once

#include <string>
#include <vector>

#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// CREATE TABLE … AS: the target with the source's rows, and with what the mode adds. Nothing keeps
/// its rows apart yet. The tag counts.
[[nodiscard]] std::string create_filled_sql(
    const MergeShape& shape, const PublishSpec& spec, const std::string& at
);

/// The staged table that is the source becomes the target. Its rows stay where they are.
[[nodiscard]] std::vector<std::string> take_over_sql(
    const MergeShape& shape, const PublishSpec& spec
);

/// What follows once the rows are there: NOT NULL of those columns, the primary key and what else
/// the mode needs. Maybe nothing.
[[nodiscard]] std::vector<std::string> constrain_sql(
    const PublishSpec& spec, const std::vector<std::string>& not_null
);

}  // namespace reel::warehouse
