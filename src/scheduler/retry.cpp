#include "retry.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace reel::scheduler {

namespace {

constexpr core::Duration longest_delay = std::chrono::hours(24);

/// In [0, 1), the same for the same try: a history can be replayed.
double spread(const core::TaskKey& key, int try_number) {
    const std::string text = key.dag_id.str() + '#' + key.task_id.str() + '#' + key.run_id.str() +
                             '#' + std::to_string(key.map_index) + '#' + std::to_string(try_number);
    constexpr std::size_t buckets = 10'000;
    return static_cast<double>(std::hash<std::string>{}(text) % buckets) / buckets;
}

}  // namespace

core::Duration retry_delay(const core::Task& task, const core::TaskKey& key, int try_number) {
    if (task.retry_exponential_backoff <= 0) return task.retry_delay;
    const auto cap = std::min(task.max_retry_delay.value_or(longest_delay), longest_delay);
    // Airflow draws from [delay, 2 × delay): a try never comes back before its plain delay.
    const double grown = static_cast<double>(task.retry_delay.count()) *
                         std::pow(task.retry_exponential_backoff, try_number - 1) *
                         (1.0 + spread(key, try_number));
    if (grown >= static_cast<double>(cap.count())) return cap;
    return core::Duration(static_cast<core::Duration::rep>(grown));
}

}  // namespace reel::scheduler
