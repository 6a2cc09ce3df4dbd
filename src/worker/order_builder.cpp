#include "order_builder.hpp"

namespace reel::worker {

namespace {

/// Beyond it all are forgotten: cheaper than to know which was used last, and as good.
constexpr std::size_t most_dags = 200;

}  // namespace

core::Result<std::shared_ptr<const core::Dag>> OrderBuilder::dag_of(
    const store::DispatchOffer& offer
) {
    const auto name = std::pair(offer.key.dag_id, offer.dag_version);
    if (const auto found = dags_.find(name); found != dags_.end()) return found->second;
    auto dag = store_.get_dag_version(offer.key.dag_id, offer.dag_version);
    if (!dag) return std::unexpected(dag.error());
    if (dags_.size() >= most_dags) dags_.clear();
    return dags_[name] = std::make_shared<const core::Dag>(*std::move(dag));
}

core::Result<scheduler::AttemptOrder> OrderBuilder::build(const store::DispatchOffer& offer) {
    auto dag = dag_of(offer);
    if (!dag) return std::unexpected(dag.error());
    const auto index = (*dag)->index_of(offer.key.task_id);
    if (!index) {
        return core::fail(
            core::Errc::not_found,
            "DAG '" + offer.key.dag_id.str() + "' has no task '" + offer.key.task_id.str() +
                "' in version " + offer.dag_version
        );
    }
    auto run = store_.get_run(offer.key.dag_id, offer.key.run_id);
    if (!run) return std::unexpected(run.error());
    return scheduler::AttemptOrder{
        .attempt = offer.attempt,
        .key = offer.key,
        .try_number = offer.try_number,
        .dag = *std::move(dag),
        .task_index = *index,
        .run = *std::move(run),
        .priority = offer.priority,
        .started_at = std::nullopt,
    };
}

}  // namespace reel::worker
