#include "asset_references.hpp"

namespace reel::store {

namespace {

/// Calls `visit(use, task_id, asset)` for every mention of an asset.
template <class Visit>
void for_each_asset(const core::Dag& dag, Visit visit) {
    if (dag.asset_condition) {
        for (const core::Asset& asset : core::assets_of(*dag.asset_condition)) {
            visit(AssetUse::schedule, core::TaskId(), asset);
        }
    }
    for (const core::Task& task : dag.tasks) {
        for (const core::Asset& asset : task.outlets) visit(AssetUse::outlet, task.task_id, asset);
        for (const core::Asset& asset : task.inlets) visit(AssetUse::inlet, task.task_id, asset);
    }
}

}  // namespace

std::vector<AssetReference> asset_references(const core::Dag& dag) {
    std::set<AssetReference> references;
    for_each_asset(dag, [&](AssetUse use, const core::TaskId& task_id, const core::Asset& asset) {
        references.insert({use, task_id, asset.uri});
    });
    return {references.begin(), references.end()};
}

std::map<std::string, core::Asset> named_assets(const DagRefs& dags) {
    std::map<std::string, core::Asset> assets;
    for (const core::Dag& dag : dags) {
        for_each_asset(dag, [&](AssetUse, const core::TaskId&, const core::Asset& asset) {
            const auto [known, is_new] = assets.try_emplace(asset.uri, asset);
            if (!is_new && !core::is_bare(asset)) known->second = asset;
        });
    }
    return assets;
}

std::set<std::string> named_aliases(const DagRefs& dags) {
    std::set<std::string> aliases;
    for (const core::Dag& dag : dags) {
        if (dag.asset_condition) aliases.merge(core::aliases_of(*dag.asset_condition));
        for (const core::Task& task : dag.tasks) {
            aliases.insert(task.outlet_aliases.begin(), task.outlet_aliases.end());
        }
    }
    return aliases;
}

void add_reference(
    AssetRecord& record, const core::DagId& dag_id, const AssetReference& reference
) {
    switch (reference.use) {
        case AssetUse::schedule:
            return record.scheduled_dags.push_back(dag_id);
        case AssetUse::outlet:
            return record.producing_tasks.push_back({dag_id, reference.task_id});
        case AssetUse::inlet:
            return record.consuming_tasks.push_back({dag_id, reference.task_id});
    }
}

}  // namespace reel::store
