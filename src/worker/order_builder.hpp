#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/dispatch_store.hpp"
#include "reel/store/run_store.hpp"

namespace reel::worker {

/// From a claim to the order that an executor takes. Remembers versions of DAGs, which never
/// change. Blocking, one thread at a time; throws postgres::DatabaseError.
class OrderBuilder final {
  public:
    explicit OrderBuilder(store::RunStore& store) : store_(store) {}
    /// Errc::not_found for a run, DAG version or task that is gone.
    [[nodiscard]] core::Result<scheduler::AttemptOrder> build(const store::DispatchOffer& offer);

  private:
    [[nodiscard]] core::Result<std::shared_ptr<const core::Dag>> dag_of(
        const store::DispatchOffer& offer
    );

    store::RunStore& store_;
    std::map<std::pair<core::DagId, std::string>, std::shared_ptr<const core::Dag>> dags_;
};

}  // namespace reel::worker
