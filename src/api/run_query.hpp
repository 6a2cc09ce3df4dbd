#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "input.hpp"
#include "reel/store/run_store.hpp"

namespace reel::api {

/// `_gte`, `_gt`, `_lte`, `_lt` of one date.
struct TimeRange {
    std::optional<core::Timestamp> gte;
    std::optional<core::Timestamp> gt;
    std::optional<core::Timestamp> lte;
    std::optional<core::Timestamp> lt;

    [[nodiscard]] bool empty() const { return !gte && !gt && !lte && !lt; }
    /// A date that is not there is in no range but the empty one.
    [[nodiscard]] bool contains(const std::optional<core::Timestamp>& at) const;
};

/// What can be asked of the list of runs. The store knows `base`; the rest is looked at here.
struct RunQuery {
    store::RunFilter base;
    std::set<std::string> dag_ids;  ///< empty: all
    std::string dag_id_pattern;
    std::string run_id_pattern;
    std::vector<core::RunType> types;
    TimeRange run_after;
    TimeRange logical_date;
    TimeRange start_date;
    TimeRange end_date;

    [[nodiscard]] bool accepts(const store::RunRecord& run) const;
    [[nodiscard]] bool needs_a_look() const;
};

[[nodiscard]] RunQuery read_run_query(QueryReader& query);
/// The body of POST …/dagRuns/list.
[[nodiscard]] RunQuery read_run_query(BodyReader& body);

[[nodiscard]] store::Listing<store::RunRecord> find_runs(
    store::RunStore& store, const RunQuery& wish
);

}  // namespace reel::api
