#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "planner_fixture.hpp"

namespace reel::scheduler {

/// Who is called and how DAGs stand, as the commits of a planner say it; and a store for them, so
/// that the scheduler can be started again.
class CallbacksFixture : public PlannerTest {
  protected:
    static void calls_always(core::Task& task) {
        using core::CallbackEvent;
        for (const CallbackEvent event :
             {CallbackEvent::execute,
              CallbackEvent::success,
              CallbackEvent::failure,
              CallbackEvent::retry,
              CallbackEvent::skipped}) {
            task.callbacks[event] = {{.args = {"{}"}}};
        }
    }

    static void run_calls(core::Dag& dag) {
        dag.callbacks[core::CallbackEvent::success] = {{.args = {"{}"}}};
        dag.callbacks[core::CallbackEvent::failure] = {{.args = {"{}"}}};
    }

    void use(const support::DagBuilder& builder, bool paused = false) {
        dag = builder.shared();
        store->save_dags({*dag}, paused, clock.now());
        PlannerTest::use(builder, paused);
    }

    Effects plan() {
        Effects effects = PlannerTest::plan();
        for (const auto& call : effects.commit.callbacks) calls.push_back(call);
        for (const auto& standing : effects.commit.standings) standings.push_back(standing);
        const auto stored = store->commit(effects.commit);
        EXPECT_TRUE(stored) << stored.error().describe();
        return effects;
    }

    void start_task(const std::string& task) {
        const AttemptOrder& order = live.at(task);
        planner.on_started(
            {.attempt = order.attempt, .key = order.key, .at = clock.now(), .pid = 7, .hostname = {}
            }
        );
        plan();
    }

    /// Without a word about its start.
    void end_task(
        const std::string& task,
        TaskOutcome outcome = TaskOutcome::succeeded,
        const std::string& why = {}
    ) {
        AttemptEnded event;
        event.attempt = live.at(task).attempt;
        event.key = live.at(task).key;
        event.outcome = outcome;
        event.message = why;
        event.at = clock.now();
        live.erase(task);
        planner.on_ended(event);
        plan();
    }

    void end(
        const std::string& task,
        TaskOutcome outcome = TaskOutcome::succeeded,
        const std::string& why = {}
    ) {
        const AttemptOrder& order = live.at(task);
        planner.on_started(
            {.attempt = order.attempt, .key = order.key, .at = clock.now(), .pid = 7, .hostname = {}
            }
        );
        end_task(task, outcome, why);
    }

    /// Another planner, from what the store holds.
    void restart() {
        planner = Planner{32};
        const auto record = store->get_dag(dag->dag_id).value();
        planner.set_dags(
            {{.dag = dag,
              .is_paused = record.is_paused,
              .last_scheduled = {},
              .consecutive_failed_runs = record.consecutive_failed_runs}},
            {},
            clock.now()
        );
        planner.restore_callbacks(store->last_callback_id());
        for (auto& run : store->load_active()) planner.restore(std::move(run), clock.now());
    }

    /// "a failure try 2: exit code 3", "run r1 success: success"; those since the last call.
    std::vector<std::string> take_calls() {
        std::vector<std::string> words;
        for (const auto& call : std::exchange(calls, {})) {
            std::string text =
                call.is_of_task() ? name_of(call.key) : "run " + call.key.run_id.str();
            text += " " + std::string(core::to_string(call.event));
            if (call.event == core::CallbackEvent::deadline) {
                text += " " + std::to_string(call.deadline);
            }
            if (call.is_of_task()) text += " try " + std::to_string(call.try_number);
            if (!call.reason.empty()) text += ": " + call.reason;
            words.push_back(text);
        }
        return words;
    }

    std::shared_ptr<const core::Dag> dag;
    std::unique_ptr<store::RunStore> store = store::make_memory_store();
    std::vector<store::CallbackRecord> calls;
    std::vector<store::DagStanding> standings;
};

}  // namespace reel::scheduler
