#include "simulation/scheduler/dag_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace reel::scheduler {

DagFolder::DagFolder(std::vector<core::Dag> dags) : dags_(std::move(dags)) {
    for (const auto& dag : dags_) all_.push_back(std::make_shared<const core::Dag>(dag));
}

Dags DagFolder::present() const {
    Dags found;
    for (const auto& dag : dags_) {
        if (is_away(dag.dag_id)) continue;
        found.push_back(*std::ranges::find_if(all_, [&](const auto& each) {
            return each->dag_id == dag.dag_id && each->version == dag.version;
        }));
    }
    return found;
}

void DagFolder::change(core::Dag dag) {
    ++changes_;
    const bool is_known = std::ranges::any_of(all_, [&](const auto& each) {
        return each->dag_id == dag.dag_id && each->version == dag.version;
    });
    if (!is_known) all_.push_back(std::make_shared<const core::Dag>(dag));
    *std::ranges::find(dags_, dag.dag_id, &core::Dag::dag_id) = std::move(dag);
}

std::vector<core::Dag> DagFolder::versions(const core::DagId& dag_id) const {
    std::vector<core::Dag> found;
    for (const auto& each : all_) {
        if (each->dag_id == dag_id) found.push_back(*each);
    }
    return found;
}

void DagFolder::take_away(const core::DagId& dag_id) {
    if (away_.insert(dag_id).second) ++changes_;
}

void DagFolder::put_back(const core::DagId& dag_id) {
    if (away_.erase(dag_id) > 0) ++changes_;
}

const core::Dag& DagFolder::version_of(const store::RunRecord& run) const {
    const auto found = std::ranges::find_if(all_, [&](const auto& each) {
        return each->dag_id == run.dag_id && each->version == run.dag_version;
    });
    if (found != all_.end()) return **found;
    ADD_FAILURE() << run.run_id.str() << " is of no version of " << run.dag_id.str();
    return *all_.front();
}

}  // namespace reel::scheduler
