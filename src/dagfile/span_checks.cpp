#include "span_checks.hpp"

#include <fmt/format.h>

#include "reel/core/absent_tasks.hpp"

namespace reel::dagfile {
namespace {

/// More than a run needs for 300 tasks behind 300 others.
constexpr std::size_t most_joining_dependencies = 100'000;

}  // namespace

void check_spans(const core::Dag& dag, const core::SourcePosition& at, Diagnostics& diagnostics) {
    std::size_t most = most_joining_dependencies;
    for (const core::Task& task : dag.tasks) {
        most += task.upstream.size();
    }
    for (const core::Timestamp date : core::dates_of_spans(dag)) {
        const core::AbsentTasks absent = core::tasks_outside(dag, date);
        if (absent.empty() || core::upstream_without(dag, absent, most)) {
            continue;
        }
        diagnostics.add(
            at,
            fmt::format(
                "the tasks that runs of {} go without stand between too many others: more than {} "
                "dependencies would take their place",
                core::format_iso(date),
                most_joining_dependencies
            ),
            "put an `empty` task without dates right before or behind them, which joins the others"
        );
        return;
    }
}

}  // namespace reel::dagfile
