// What must hold of a history, whatever went wrong in it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <variant>

#include "reel/core/schedule.hpp"
#include "simulation/scheduler/fault_world.hpp"

namespace reel::scheduler {

namespace {

store::RunFilter runs_of(const core::DagId& dag_id) {
    store::RunFilter filter;
    filter.dag_id = dag_id;
    filter.page.limit = std::numeric_limits<int>::max();
    return filter;
}

}  // namespace

void FaultWorld::watch_commits() {
    store_.before_commit = [this](const store::Commit& commit) {
        checks_.before(commit, by_hand_);
    };
    store_.after_commit = [this](const store::Commit& commit) {
        checks_.after(commit, by_hand_);
        tell(commit);
        last_commit_at_ = clock_.now();
    };
}

void FaultWorld::tell(const store::Commit& commit) {
    for (const auto& added : commit.new_runs) history_ += added.run.run_id.str() + " made\n";
    for (const auto& change : commit.runs) {
        history_ +=
            fmt::format("{} {}\n", change.after.run_id.str(), core::to_string(change.after.state));
    }
    for (const auto& change : commit.tasks) {
        history_ += fmt::format(
            "{} {}[{}] {} by {}\n",
            change.after.key.run_id.str(),
            change.after.key.task_id.str(),
            change.after.key.map_index,
            core::to_string(change.after.state),
            change.after.attempt
        );
    }
}

/// Of all processes that somebody still waits for.
void FaultWorld::check_places() {
    const auto alive = processes_.alive();
    EXPECT_LE(alive.size(), static_cast<std::size_t>(parallelism)) << "core.parallelism";
    int slots = 0;
    for (const core::AttemptId attempt : alive) {
        const core::Task& task = processes_.find(attempt)->order.task();
        if (task.pool == "p") slots += task.pool_slots;
    }
    EXPECT_LE(slots, 2) << "pool p has two slots";
}

std::string FaultWorld::unfinished() {
    std::string text;
    for (const core::AttemptId attempt : processes_.alive()) {
        text += fmt::format("process {}\n", attempt);
    }
    for (const core::Dag& dag : dags_) {
        for (const auto& run : store_.list_runs(runs_of(dag.dag_id)).items) {
            if (core::is_finished(run.state)) continue;
            text += fmt::format("{} is {}\n", run.run_id.str(), core::to_string(run.state));
            for (const auto& task : checks_.tasks_of(run)) {
                text += fmt::format(
                    "  {}[{}] is {}\n",
                    task.key.task_id.str(),
                    task.key.map_index,
                    core::to_string(task.state)
                );
            }
        }
    }
    return text;
}

bool FaultWorld::has_ended() {
    if (!processes_.alive().empty()) return false;
    for (const core::Dag& dag : dags_) {
        if (dag.end_date && clock_.now() <= *dag.end_date) return false;
        for (const auto& run : store_.list_runs(runs_of(dag.dag_id)).items) {
            if (!core::is_finished(run.state)) return false;
        }
    }
    // The last ticks may have no run yet.
    return last_commit_at_ + std::chrono::minutes(2) < clock_.now();
}

/// No run that was promised is lost, and none is there twice.
void FaultWorld::check_triggers() {
    for (const auto& [run_id, dag_id] : promised_) {
        EXPECT_TRUE(store_.get_run(dag_id, core::RunId(run_id))) << run_id << " is lost";
    }
}

/// Every fire gives one run or one recorded skip.
void FaultWorld::check_ticks(const core::Dag& dag) {
    if (std::holds_alternative<core::NoSchedule>(dag.schedule)) return;
    std::set<core::Timestamp> dates;
    for (const auto& run : store_.list_runs(runs_of(dag.dag_id)).items) {
        if (run.type != core::RunType::scheduled) continue;
        EXPECT_TRUE(dates.insert(run.logical_date.value()).second) << "a tick gave two runs";
    }
    if (dates.empty()) return;
    const core::FireTimes fires(dag.schedule, dag.timezone, *dag.start_date, dag.dst);
    const auto skipped = store_.list_skipped_fires(dag.dag_id, {.limit = 1000}).items;
    const auto is_skipped = [&](core::Timestamp at) {
        return std::ranges::any_of(skipped, [&](const auto& skip) {
            return skip.first <= at && at <= skip.last;
        });
    };
    const auto first = dag.catchup ? *dag.start_date : *dates.begin();
    for (auto at = fires.at_or_after(first); at && *at <= *dag.end_date; at = fires.after(*at)) {
        EXPECT_NE(dates.contains(*at), is_skipped(*at))
            << core::format_iso(*at) << (dag.catchup ? " (catchup)" : "") << " of "
            << dag.dag_id.str();
    }
}

}  // namespace reel::scheduler
