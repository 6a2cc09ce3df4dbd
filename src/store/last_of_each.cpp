#include "last_of_each.hpp"

#include <map>

namespace reel::store {

DagRefs last_of_each(const std::vector<core::Dag>& dags) {
    std::map<core::DagId, const core::Dag*> last;
    for (const core::Dag& dag : dags) last.insert_or_assign(dag.dag_id, &dag);
    DagRefs unique;
    unique.reserve(last.size());
    for (const auto& [dag_id, dag] : last) unique.emplace_back(*dag);
    return unique;
}

}  // namespace reel::store
