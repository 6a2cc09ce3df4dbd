// What must hold of a history, whatever went wrong in it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <variant>

#include "reel/core/schedule.hpp"
#include "simulation/scheduler/fault_world.hpp"

namespace reel::scheduler {

void FaultWorld::watch_commits() {
    store_.before_commit = [this](const store::Commit& commit) {
        note_runs_run_again(commit);
        checks_.before(commit, by_hand_);
    };
    store_.after_commit = [this](const store::Commit& commit) {
        checks_.after(commit, by_hand_);
        tell(commit);
        last_commit_at_ = clock_.now();
    };
}

/// Who asks for a backfill clears the runs that are there already.
void FaultWorld::note_runs_run_again(const store::Commit& commit) {
    for (const auto& fire : commit.backfill_runs) {
        if (!fire.run_id || !store_.get_run(fire.dag_id, *fire.run_id)) continue;
        by_hand_.insert(*fire.run_id);
        touched_.insert(*fire.run_id);
    }
}

void FaultWorld::tell(const store::Commit& commit) {
    for (const auto& added : commit.new_runs) history_ += added.run.run_id.str() + " made\n";
    for (const auto& each : commit.asset_events) {
        checks_.may_not_hear(each.event.id, perhaps_deaf_);
        history_ += fmt::format("event {} of {}\n", each.event.id, each.event.uri);
    }
    for (const auto& each : commit.skipped) {
        history_ += fmt::format(
            "{} skipped from {} to {}\n",
            each.dag_id.str(),
            core::format_iso(each.first),
            core::format_iso(each.last)
        );
    }
    for (const auto& each : commit.callbacks) {
        history_ += fmt::format("call {} about {}\n", each.id, core::to_string(each.event));
    }
    for (const auto& fire : commit.backfill_runs) {
        history_ += fmt::format(
            "backfill {} {}: {}{}\n",
            fire.backfill_id,
            fire.sort_ordinal,
            fire.run_id ? fire.run_id->str() : "",
            fire.exception_reason
        );
    }
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

void FaultWorld::check_places() {
    int places = 0;
    int slots = 0;
    for (const core::AttemptId attempt : processes_.alive()) {
        const auto& process = *processes_.find(attempt);
        const core::Task& task = process.order.task();
        if (!process.waits) ++places;
        if (task.pool == "p" && (!process.waits || pool_p_.include_deferred)) {
            slots += task.pool_slots;
        }
    }
    EXPECT_LE(places, parallelism) << "core.parallelism\n" << unfinished();
    EXPECT_LE(slots, 2) << "pool p has two slots\n" << unfinished();
}

std::string FaultWorld::unfinished() {
    std::string text;
    for (const core::AttemptId attempt : processes_.alive()) {
        const auto& process = *processes_.find(attempt);
        text += fmt::format(
            "{} {} of {} {} in home {} by term {}\n",
            process.waits ? "wait" : "process",
            attempt,
            process.order.key.run_id.str(),
            process.order.key.task_id.str(),
            process.home,
            process.epoch
        );
    }
    for (const core::Dag& dag : folder_.dags()) {
        for (const auto& run : checks_.runs_of(dag.dag_id)) {
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
    if (!store_.MemoryStore::load_lingering().empty()) return false;
    for (const core::Dag& dag : folder_.dags()) {
        if (dag.end_date && clock_.now() <= *dag.end_date) return false;
        for (const auto& run : checks_.runs_of(dag.dag_id)) {
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

/// Every fire gives one run or one recorded skip. A backfill may bring its run before, and the run
/// of one that was skipped.
void FaultWorld::check_ticks(const core::Dag& dag) {
    if (std::holds_alternative<core::NoSchedule>(dag.schedule)) return;
    std::map<core::Timestamp, bool> is_tick;
    std::optional<core::Timestamp> first;
    for (const auto& run : checks_.runs_of(dag.dag_id)) {
        if (!run.logical_date) continue;
        const bool by_schedule = run.run_id.str().starts_with("scheduled__");
        EXPECT_TRUE(is_tick.emplace(*run.logical_date, by_schedule).second) << "two runs of a date";
        if (by_schedule) first = std::min(*run.logical_date, first.value_or(*run.logical_date));
    }
    if (!first) return;
    if (dag.catchup) first = dag.start_date;
    const core::FireTimes fires(dag.schedule, dag.timezone, *dag.start_date, dag.dst);
    const auto skipped = store_.list_skipped_fires(dag.dag_id, {.limit = 1000}).items;
    for (auto at = fires.at_or_after(*first); at && *at <= *dag.end_date; at = fires.after(*at)) {
        const bool is_skipped = std::ranges::any_of(skipped, [&](const auto& skip) {
            return skip.first <= *at && *at <= skip.last;
        });
        const auto run = is_tick.find(*at);
        EXPECT_TRUE(run != is_tick.end() || is_skipped)
            << core::format_iso(*at) << " of " << dag.dag_id.str() << " is lost";
        EXPECT_FALSE(run != is_tick.end() && run->second && is_skipped)
            << core::format_iso(*at) << " of " << dag.dag_id.str() << " ran and was skipped";
    }
}

}  // namespace reel::scheduler
