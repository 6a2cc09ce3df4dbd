#include "last_of_each.hpp"

#include <map>
#include <utility>

namespace reel::store {

std::vector<core::Dag> last_of_each(const std::vector<core::Dag>& dags) {
    std::map<core::DagId, core::Dag> last;
    for (const core::Dag& dag : dags) last.insert_or_assign(dag.dag_id, dag);
    std::vector<core::Dag> unique;
    unique.reserve(last.size());
    for (auto& [dag_id, dag] : last) unique.push_back(std::move(dag));
    return unique;
}

}  // namespace reel::store
