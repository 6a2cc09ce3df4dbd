#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "last_of_each.hpp"
#include "reel/core/dag.hpp"
#include "reel/store/asset_records.hpp"

namespace reel::store {

enum class AssetUse { schedule, outlet, inlet };

/// One place where a DAG names an asset.
struct AssetReference {
    AssetUse use = AssetUse::schedule;
    core::TaskId task_id;  ///< "" for a schedule
    std::string uri;
    auto operator<=>(const AssetReference&) const = default;
};

/// Each place once, in order.
[[nodiscard]] std::vector<AssetReference> asset_references(const core::Dag& dag);

/// The assets that the DAGs name, by URI. Of several descriptions of one the last counts that says
/// more than its URI.
[[nodiscard]] std::map<std::string, core::Asset> named_assets(const DagRefs& dags);

/// The aliases that the DAGs name, by schedule or outlet.
[[nodiscard]] std::set<std::string> named_aliases(const DagRefs& dags);

/// Puts a reference of the DAG where people see it.
void add_reference(AssetRecord& record, const core::DagId& dag_id, const AssetReference& reference);

}  // namespace reel::store
