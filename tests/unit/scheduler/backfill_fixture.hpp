#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scheduler/backfill_plan.hpp"
#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {

/// A planner over a store that is a map of runs by their dates.
class BackfillTest : public PlannerTest {
  protected:
    static support::DagBuilder daily() {
        return support::a_dag("d").task("a").with([](core::Dag& dag) {
            dag.schedule = core::CronSchedule{"0 0 * * *"};
            dag.max_active_runs = 1;
        });
    }

    /// A backfill of so many days before now.
    void backfill(int days, const std::function<void(BackfillRequest&)>& change = {}) {
        BackfillRequest request;
        request.dag_id = core::DagId("d");
        request.from_date = clock.now() - std::chrono::hours(24 * days);
        request.to_date = clock.now() - std::chrono::hours(1);
        request.max_active_runs = 2;
        if (change) change(request);
        open.backfill.id = 1;
        open.backfill.dag_id = request.dag_id;
        open.backfill.max_active_runs = request.max_active_runs;
        open.backfill.reprocess_behavior = request.reprocess_behavior;
        open.backfill.dag_run_conf.text = R"({"x": 1})";
        open.runs =
            plan_backfill(*planner.find_dag(request.dag_id)->dag, request, clock.now()).value();
        for (auto& fire : open.runs) fire.backfill_id = 1;
        planner.take_up_backfill(open);
    }

    /// A round as the loop makes it: wishes, plan, and what is owed to the store.
    Effects round() {
        most_wishes = std::max(most_wishes, planner.backfill_wishes().size());
        for (const auto& wish : planner.backfill_wishes()) {
            const auto found = stored.find(wish.logical_date);
            planner.supply_backfill_run(
                wish,
                found == stored.end() ? std::nullopt : std::optional(found->second),
                clock.now()
            );
        }
        Effects effects = plan();
        for (const auto& made : effects.commit.new_runs) {
            run_states[made.run.run_id.str()] = made.run.state;
        }
        for (const auto& run : effects.commit.runs) {
            run_states[run.after.run_id.str()] = run.after.state;
        }
        for (const auto& fire : effects.commit.backfill_runs) {
            open.runs.at(static_cast<std::size_t>(fire.sort_ordinal - 1)) = fire;
        }
        for (const auto& record : effects.commit.backfills) open.backfill = record;
        for (const auto& order : effects.start) orders.push_back(order);
        return effects;
    }

    void finish(TaskOutcome outcome = TaskOutcome::succeeded) {
        ASSERT_FALSE(orders.empty());
        AttemptEnded event;
        event.attempt = orders.front().attempt;
        event.key = orders.front().key;
        event.outcome = outcome;
        event.at = clock.now();
        orders.erase(orders.begin());
        planner.on_ended(event);
        round();
        round();
    }

    [[nodiscard]] std::vector<std::string> active() const {
        std::vector<std::string> ids;
        for (const auto& [id, state] : run_states) {
            if (!core::is_finished(state)) ids.push_back(id);
        }
        return ids;
    }

    /// A run of another day that has ended.
    void there(int days_ago, core::RunState state, const std::string& run_id) {
        store::ActiveRun run{.dag = daily().build(), .run = {}, .tasks = {}, .facts = {}};
        run.run.dag_id = core::DagId("d");
        run.run.run_id = core::RunId(run_id);
        run.run.state = state;
        run.run.type = core::RunType::scheduled;
        run.run.logical_date = clock.now() - std::chrono::hours(24 * days_ago);
        run.run.run_after = *run.run.logical_date;
        store::TaskInstanceRecord task;
        task.key = {run.run.dag_id, run.run.run_id, core::TaskId("a"), -1};
        task.state =
            state == core::RunState::failed ? core::TaskState::failed : core::TaskState::success;
        task.try_number = 1;
        run.tasks.push_back(task);
        stored.emplace(*run.run.logical_date, std::move(run));
    }

    store::OpenBackfill open;  ///< as the store has it
    std::map<core::Timestamp, store::ActiveRun> stored;
    std::vector<AttemptOrder> orders;
    std::size_t most_wishes = 0;
};

}  // namespace reel::scheduler
