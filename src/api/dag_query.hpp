#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "input.hpp"

namespace reel::api {

/// What can be asked of the list of DAGs. The store knows `base`; the rest is looked at in the
/// summaries.
struct DagQuery {
    store::DagFilter base;
    std::vector<std::string> owners;
    bool all_tags = false;
    std::optional<bool> has_import_errors;
    std::string display_name_pattern;

    [[nodiscard]] bool needs_a_look() const {
        return !owners.empty() || all_tags || has_import_errors || !display_name_pattern.empty();
    }
    [[nodiscard]] bool accepts(const store::DagSummary& dag) const;
};

/// A page of summaries may be longer than one of whole DAGs.
[[nodiscard]] DagQuery read_dag_query(QueryReader& query, bool of_summaries);

/// Names of fields that answers shall be cut down to; empty: all of them.
using DagFields = std::set<std::string, std::less<>>;
[[nodiscard]] DagFields read_dag_fields(QueryReader& query);
/// Whether a summary has all of them.
[[nodiscard]] bool is_of_summaries(const DagFields& fields);
/// With those fields alone, so that a long list costs what is asked for.
[[nodiscard]] nlohmann::json dag_summary_json(
    const store::DagSummary& dag, const DagFields& fields
);

// Blocking.
[[nodiscard]] store::Listing<store::DagSummary> summarize_dags(
    store::RunStore& store, const DagQuery& wish
);
[[nodiscard]] store::Listing<store::DagRecord> find_dags(
    store::RunStore& store, const DagQuery& wish
);

[[nodiscard]] nlohmann::json dags_json(
    const store::Listing<store::DagSummary>& dags, const DagFields& fields
);
[[nodiscard]] nlohmann::json dags_json(
    const store::Listing<store::DagRecord>& dags, const DagFields& fields
);

}  // namespace reel::api
