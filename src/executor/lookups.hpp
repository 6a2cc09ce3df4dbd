#pragma once

#include <exception>
#include <utility>
#include <vector>

#include "connections.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/templating/render.hpp"

namespace reel::executor {

/// What the templates of one attempt may ask for. An exception must not pass through the template
/// engine, so a lost database ends the rendering as an error here and is thrown again by
/// rethrow_failure().
class StoreLookups final : public templating::Lookups {
  public:
    StoreLookups(
        const scheduler::AttemptOrder& order, store::RunStore& store, Connections& connections
    );

    /// What the attempt itself has pushed and nobody has stored yet.
    void know(std::vector<store::XComRecord> pushed) { pushed_ = std::move(pushed); }

    core::Result<std::optional<std::string>> variable(const std::string& key) override;
    core::Result<std::optional<core::JsonText>> connection(const std::string& conn_id) override;
    core::Result<std::optional<core::JsonText>> xcom(
        const std::string& task_id, const std::string& key, std::optional<int> map_index
    ) override;
    core::Result<std::optional<std::string>> staged(const std::string& reference) override;

    /// What a run that asset events have started consumed, the earliest first, a thousand at most.
    std::vector<store::AssetEventView> triggering_asset_events(const store::RunRecord& run);

    /// The last run of the DAG before this one that has succeeded; none for a run without a date.
    std::optional<store::RunRecord> last_success(const store::RunRecord& run);
    /// What has happened to an asset, the earliest first, the last thousand at most.
    std::vector<store::AssetEventView> events_of(const core::Asset& asset);

    /// To be called after rendering: throws what a look-up met, if it met something.
    void rethrow_failure() const;

  private:
    template <class Look>
    auto guarded(Look look) -> decltype(look());

    /// What each instance of a mapped task has pushed, in the order of map_index.
    core::Result<std::vector<core::JsonText>> xcoms_of_instances(
        const core::TaskId& task_id, const std::string& key
    );
    core::Result<std::optional<core::JsonText>> list_of_instances(
        const core::TaskId& task_id, const std::string& key
    );
    [[nodiscard]] int map_index_seen_by(const core::TaskId& task_id) const;

    core::TaskKey key_;
    const core::Dag& dag_;
    store::RunStore& store_;
    Connections& connections_;
    std::vector<store::XComRecord> pushed_;
    std::exception_ptr failure_;
};

}  // namespace reel::executor
