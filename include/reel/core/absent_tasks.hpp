#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "reel/core/dag.hpp"

namespace reel::core {

/// By the index of a task: whether a run goes without it. Empty where it has them all.
using AbsentTasks = std::vector<bool>;

/// Whether the logical date lies before the task's own start_date or behind its end_date.
[[nodiscard]] bool is_outside(const Task& task, Timestamp logical_date);

/// What runs of this logical date go without, and with it what is mapped over its output.
[[nodiscard]] AbsentTasks tasks_outside(const Dag& dag, Timestamp logical_date);

/// A logical date of each stretch of time within which the same tasks are absent; none where every
/// run has them all.
[[nodiscard]] std::vector<Timestamp> dates_of_spans(const Dag& dag);

/// What each task waits for where some are absent: in their place what they waited for. Those of an
/// absent task are empty. Joining n tasks before one with m behind it takes n * m; nullopt: more
/// than `most` are to be remembered in all.
[[nodiscard]] std::optional<std::vector<std::vector<std::uint32_t>>> upstream_without(
    const Dag& dag, const AbsentTasks& absent, std::size_t most
);

}  // namespace reel::core
