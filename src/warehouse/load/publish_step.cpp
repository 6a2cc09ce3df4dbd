#include "warehouse/load/publish_step.hpp"

#include <fmt/format.h>

#include "warehouse/publish/compare_sql.hpp"
#include "warehouse/publish/evolution.hpp"
#include "warehouse/publish/facts.hpp"
#include "warehouse/publish/missing_sql.hpp"
#include "warehouse/publish/new_table_sql.hpp"
#include "warehouse/publish/target.hpp"
#include "warehouse/publish/version_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

/// Stands for the moment of the publish.
constexpr const char* at = "now";

PublishStep step_into_new(
    const PublishSpec& spec,
    const MergeShape& shape,
    const StagedFacts& staged,
    const std::vector<CatalogColumn>& columns
) {
    const auto plan = plan_publish({.mode = spec.mode, .exists = false, .staged = staged});
    PublishStep step{.reason = plan.reason, .sql = {}};
    std::vector<std::string> not_null;
    if (plan.strategy == Strategy::take_over) {
        step.sql = take_over_sql(shape, spec);
    } else {
        step.sql.push_back(create_filled_sql(shape, spec, at));
        for (const auto& column : columns) {
            if (column.not_null) not_null.push_back(column.name);
        }
    }
    for (auto& statement : constrain_sql(spec, not_null)) step.sql.push_back(std::move(statement));
    return step;
}

void add_clearing(const PublishSpec& spec, const MergeShape& shape, PublishStep& step) {
    if (spec.mode == LoadMode::replace || spec.missing == MissingRows::hard) {
        step.sql.push_back(delete_missing_sql(shape));
    } else if (spec.window) {
        step.sql.push_back(delete_window_sql(shape, *spec.window));
    } else if (spec.missing == MissingRows::soft) {
        step.sql.push_back(retire_missing_sql(shape, spec, at));
    }
}

PublishStep step_into(const PublishSpec& spec, const MergeShape& shape, const PublishFacts& facts) {
    const auto plan = plan_publish(facts);
    PublishStep step{.reason = plan.reason, .sql = {}};
    add_clearing(spec, shape, step);
    if (spec.mode == LoadMode::scd2) {
        step.sql.push_back(find_changes_sql(shape, current_versions));
        step.sql.push_back(end_changed_sql(shape, at));
        step.sql.push_back(insert_versions_sql(shape, at));
    } else if (plan.strategy == Strategy::insert) {
        step.sql.push_back(append_sql(shape));
    } else {
        // How many rows come, and how many of them differ, is known when they are staged.
        step.reason = fmt::format(
            "the table has about {} rows; few rows are put there by ON CONFLICT, of many a sample "
            "decides between that, MERGE and one join that finds what differs",
            grouped(facts.target_rows)
        );
        step.sql.push_back(on_conflict_sql(shape));
    }
    return step;
}

}  // namespace

core::Result<PublishStep> explain_publish(
    postgres::Link& link,
    const PublishSpec& spec,
    const StagedTable& staged,
    const std::vector<CatalogColumn>& columns
) {
    const auto& source = staged.physical;
    const auto exists = find_target(link, spec);
    if (!exists) return std::unexpected(exists.error());
    auto evolution = plan_evolution(
        spec,
        columns,
        *exists ? read_columns(link, spec.into.quoted()) : std::vector<CatalogColumn>()
    );
    if (!evolution) return std::unexpected(evolution.error());
    const auto shape = *exists ? match_columns(spec, source, columns, evolution->columns)
                               : shape_of_new(spec, source, columns);
    if (!shape) return std::unexpected(shape.error());
    if (!*exists) {
        return step_into_new(spec, *shape, look_at_staged(link, spec.into, staged), columns);
    }
    // No row is staged yet: nothing is sampled.
    auto step = step_into(spec, *shape, look_at_target(link, *shape, spec.mode, 0));
    step.sql.insert(step.sql.begin(), evolution->sql.begin(), evolution->sql.end());
    return step;
}

}  // namespace reel::warehouse
