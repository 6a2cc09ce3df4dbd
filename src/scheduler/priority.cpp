#include "priority.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace reel::scheduler {

namespace {

using Neighbours = std::vector<std::uint32_t> core::Task::*;

/// Sum over everything that can be reached from `start`, itself included; `seen` holds the last
/// start that came by.
std::int64_t reachable_weight(
    const core::Dag& dag,
    std::uint32_t start,
    Neighbours direction,
    std::vector<std::uint32_t>& seen
) {
    std::int64_t sum = 0;
    std::vector<std::uint32_t> todo{start};
    seen[start] = start;
    while (!todo.empty()) {
        const core::Task& task = dag.tasks[todo.back()];
        todo.pop_back();
        sum += task.priority_weight;
        for (const auto next : task.*direction) {
            if (seen[next] != start) {
                seen[next] = start;
                todo.push_back(next);
            }
        }
    }
    return sum;
}

int clamp_to_int(std::int64_t value) {
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    return static_cast<int>(value > most ? most : (value < -most ? -most : value));
}

}  // namespace

std::vector<int> effective_weights(const core::Dag& dag) {
    const auto nobody = static_cast<std::uint32_t>(dag.tasks.size());
    std::vector<std::uint32_t> seen_down(dag.tasks.size(), nobody);
    std::vector<std::uint32_t> seen_up(dag.tasks.size(), nobody);
    std::vector<int> weights;
    weights.reserve(dag.tasks.size());
    for (std::uint32_t i = 0; i < dag.tasks.size(); ++i) {
        switch (dag.tasks[i].weight_rule) {
            case core::WeightRule::absolute:
                weights.push_back(dag.tasks[i].priority_weight);
                break;
            case core::WeightRule::downstream:
                weights.push_back(
                    clamp_to_int(reachable_weight(dag, i, &core::Task::downstream, seen_down))
                );
                break;
            case core::WeightRule::upstream:
                weights.push_back(
                    clamp_to_int(reachable_weight(dag, i, &core::Task::upstream, seen_up))
                );
                break;
        }
    }
    return weights;
}

}  // namespace reel::scheduler
