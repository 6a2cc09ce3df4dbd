#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/planner.hpp"
#include "support/dag_builder.hpp"
#include "support/manual_clock.hpp"

namespace reel::scheduler {

/// A planner with one DAG, a clock turned by hand, and short words for what happens to it.
class PlannerTest : public ::testing::Test {
  protected:
    void use(const support::DagBuilder& builder, bool paused = false) {
        use_all({builder.shared()}, paused);
    }

    void use_all(const std::vector<std::shared_ptr<const core::Dag>>& dags, bool paused = false) {
        std::vector<ScheduledDag> scheduled;
        std::set<core::DagId> gone = std::exchange(used_, {});
        for (const auto& dag : dags) {
            scheduled.push_back({.dag = dag, .is_paused = paused});
            used_.insert(dag->dag_id);
            gone.erase(dag->dag_id);
        }
        planner.set_dags(std::move(scheduled), {gone.begin(), gone.end()}, clock.now());
    }

    store::RunRecord trigger(const std::string& dag_id, const std::string& run_id = "r1") {
        store::RunRecord run;
        run.dag_id = core::DagId(dag_id);
        run.run_id = core::RunId(run_id);
        run.conf.text = "{}";
        run.run_after = clock.now();
        run.queued_at = clock.now();
        return planner.add_run(run).value();
    }

    /// One round; remembers what was granted and the last state of everything that was committed.
    Effects plan() {
        if (planner.attempts_wanted() > 0) {
            planner.supply_attempts(next_attempt, 1000);
            next_attempt += 1000;
        }
        Effects effects = planner.plan(clock.now());
        for (const auto& order : effects.start) live[name_of(order.key)] = order;
        for (const auto& run : effects.commit.runs)
            run_states[run.after.run_id.str()] = run.after.state;
        for (const auto& task : effects.commit.tasks) {
            states[name_of(task.after.key)] = task.after.state;
            records[name_of(task.after.key)] = task.after;
        }
        return effects;
    }

    /// "task", or "task[2]" for an instance of a mapped one.
    static std::string name_of(const core::TaskKey& key) {
        const std::string index = "[" + std::to_string(key.map_index) + "]";
        return key.task_id.str() + (key.map_index < 0 ? "" : index);
    }

    void end(
        const std::string& task,
        TaskOutcome outcome = TaskOutcome::succeeded,
        const std::string& why = {}
    ) {
        AttemptEnded event;
        event.outcome = outcome;
        event.message = why;
        end_so(task, event);
    }

    /// Ends well and pushes `value`, JSON, as its return value.
    void push(const std::string& task, const std::string& value) {
        AttemptEnded event;
        event.xcoms.push_back(
            {.key = live.at(task).key, .value = {.text = value}, .at = clock.now()}
        );
        end_so(task, event);
    }

    void end_so(const std::string& task, AttemptEnded event) {
        const AttemptOrder order = live.at(task);
        planner.on_started(
            {.attempt = order.attempt,
             .key = order.key,
             .at = clock.now(),
             .pid = 7,
             .hostname = "h"}
        );
        event.attempt = order.attempt;
        event.key = order.key;
        event.at = clock.now();
        planner.on_ended(event);
        live.erase(task);
        plan();
    }

    [[nodiscard]] std::vector<std::string> running() const {
        std::vector<std::string> names;
        for (const auto& [name, order] : live) names.push_back(name);
        return names;
    }

    using Names = std::vector<std::string>;

    Planner planner{32};
    support::ManualClock clock;
    core::AttemptId next_attempt = 1;
    std::map<std::string, AttemptOrder> live;
    std::map<std::string, core::TaskState> states;
    std::map<std::string, core::RunState> run_states;
    std::map<std::string, store::TaskInstanceRecord> records;

  private:
    std::set<core::DagId> used_;
};

}  // namespace reel::scheduler
