#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"

namespace reel::support {

/// Builds checked DAGs for tests: a_dag("d").task("a").task("b", {"a"}).build().
class DagBuilder final {
  public:
    explicit DagBuilder(const std::string& dag_id);
    /// A bash task behind `upstream`; `change` may alter anything else of it.
    DagBuilder& task(
        const std::string& id,
        const std::vector<std::string>& upstream = {},
        const std::function<void(core::Task&)>& change = {}
    );
    DagBuilder& with(const std::function<void(core::Dag&)>& change);
    [[nodiscard]] core::Dag build() const { return dag_; }
    [[nodiscard]] std::shared_ptr<const core::Dag> shared() const {
        return std::make_shared<const core::Dag>(dag_);
    }

  private:
    core::Dag dag_;
};

[[nodiscard]] inline DagBuilder a_dag(const std::string& dag_id) {
    return DagBuilder(dag_id);
}

}  // namespace reel::support
