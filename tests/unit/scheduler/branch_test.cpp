#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class BranchTest : public PlannerTest {
  protected:
    static AttemptEnded followed(const std::vector<std::string>& tasks, bool all = false) {
        AttemptEnded event;
        event.branch = BranchDecision{.follow = {}, .all_downstream = all};
        for (const auto& task : tasks) event.branch->follow.emplace_back(task);
        return event;
    }

    //          ┌─▶ left ──▶ after ─┐
    // branch ──┤                   ├─▶ join (none_failed_min_one_success)
    //          └─▶ right ──────────┘
    static support::DagBuilder fork() {
        return a_dag("d")
            .task("branch")
            .task("left", {"branch"})
            .task("right", {"branch"})
            .task("after", {"left"})
            .task("join", {"after", "right"}, [](core::Task& task) {
                task.trigger_rule = core::TriggerRule::none_failed_min_one_success;
            });
    }
};

TEST_F(BranchTest, SkipsTheWaysThatAreNotFollowed) {
    use(fork());
    trigger("d");
    plan();
    end_so("branch", followed({"right"}));
    EXPECT_EQ(states["left"], TaskState::skipped);
    EXPECT_EQ(states["after"], TaskState::skipped);
    EXPECT_THAT(running(), ElementsAre("right"));
    end("right");
    EXPECT_THAT(running(), ElementsAre("join"));
    end("join");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(BranchTest, DoesNotSkipWhatAlsoStandsBehindAFollowedTask) {
    // branch ─▶ left ─▶ join, branch ─▶ join
    use(a_dag("d").task("branch").task("left", {"branch"}).task("join", {"branch", "left"}));
    trigger("d");
    plan();
    end_so("branch", followed({"left"}));
    end("left");
    EXPECT_THAT(running(), ElementsAre("join"));
}

TEST_F(BranchTest, FollowsSeveralWays) {
    use(fork());
    trigger("d");
    plan();
    end_so("branch", followed({"left", "right"}));
    EXPECT_THAT(running(), ElementsAre("left", "right"));
}

TEST_F(BranchTest, AShortCircuitSkipsEverythingBehindItWhateverTheRules) {
    use(a_dag("d").task("gate").task("a", {"gate"}).task("b", {"a"}, [](core::Task& task) {
        task.trigger_rule = core::TriggerRule::all_done;
    }));
    trigger("d");
    plan();
    end_so("gate", followed({}, true));
    EXPECT_EQ(states["a"], TaskState::skipped);
    EXPECT_EQ(states["b"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(BranchTest, ABranchThatFollowsNobodyLeavesTheRulesBehindItsOwnTasks) {
    use(a_dag("d").task("gate").task("a", {"gate"}).task("b", {"a"}, [](core::Task& task) {
        task.trigger_rule = core::TriggerRule::all_done;
    }));
    trigger("d");
    plan();
    end_so("gate", followed({}));
    EXPECT_EQ(states["a"], TaskState::skipped);
    EXPECT_THAT(running(), ElementsAre("b"));
}

TEST_F(BranchTest, LeavesWhatItSkippedAsAnXComOfTheSameCommit) {
    use(fork());
    trigger("d");
    plan();
    const AttemptOrder order = live.at("branch");
    AttemptEnded event = followed({"right"});
    event.attempt = order.attempt;
    event.key = order.key;
    event.at = clock.now();
    planner.on_ended(event);
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.xcoms, SizeIs(1));
    EXPECT_EQ(effects.commit.xcoms[0].name, store::skip_xcom);
    EXPECT_EQ(effects.commit.xcoms[0].value.text, R"({"skipped":["left"]})");
}

TEST_F(BranchTest, ATaskThatIsClearedAloneIsSkippedAgain) {
    use(fork());
    trigger("d");
    plan();
    end_so("branch", followed({"right"}));
    const TaskSelection left{.tasks = {{.task_id = core::TaskId("left"), .map_index = {}}}};
    ASSERT_TRUE(planner.clear(core::DagId("d"), {core::RunId("r1")}, left, false, clock.now()));
    plan();
    EXPECT_EQ(states["left"], TaskState::skipped);
    EXPECT_THAT(running(), ElementsAre("right"));
}

TEST_F(BranchTest, ABranchThatIsClearedDecidesAnew) {
    use(fork());
    trigger("d");
    plan();
    end_so("branch", followed({"right"}));
    TaskSelection all{.tasks = {{.task_id = core::TaskId("branch"), .map_index = {}}}};
    all.downstream = true;
    ASSERT_TRUE(planner.clear(core::DagId("d"), {core::RunId("r1")}, all, false, clock.now()));
    plan();
    live.erase("right");  // its process is being ended
    EXPECT_EQ(states["right"], TaskState::restarting);
    end_so("branch", followed({"left"}));
    EXPECT_EQ(states["right"], TaskState::restarting);
    EXPECT_THAT(running(), ElementsAre("left"));
}

class MappedBranchTest : public BranchTest {
  protected:
    //     ┌──────────── group g, mapped over three ─────────────┐
    //     │ pick ─┬─▶ a ──┐                                     │
    //     │       └─▶ b ──┴─▶ last (none_failed_min_one_success)│─▶ after (all_done)
    static support::DagBuilder mapped_fork() {
        const auto in_group = [](core::Task& task) { task.group = "g"; };
        return a_dag("d")
            .task("pick", {}, in_group)
            .task("a", {"pick"}, in_group)
            .task("b", {"pick"}, in_group)
            .task(
                "last",
                {"a", "b"},
                [](core::Task& task) {
                    task.group = "g";
                    task.trigger_rule = core::TriggerRule::none_failed_min_one_success;
                }
            )
            .task(
                "after",
                {"last"},
                [](core::Task& task) { task.trigger_rule = core::TriggerRule::all_done; }
            )
            .with([](core::Dag& dag) {
                dag.groups.push_back(
                    {.group_id = "g",
                     .label = "g",
                     .mapping =
                         core::Mapping{{{.argument = "n", .literal = {"[1,2,3]"}, .upstream = {}}}}}
                );
            });
    }
};

TEST_F(MappedBranchTest, ABranchOfAMappedGroupSpeaksForItsOwnMapIndex) {
    use(mapped_fork());
    trigger("d");
    plan();
    end_so("pick[0]", followed({"a"}));
    EXPECT_EQ(states["b[0]"], TaskState::skipped);
    EXPECT_FALSE(states.contains("b[1]")) << "its own branch has not spoken";
    end_so("pick[1]", followed({"b"}));
    end_so("pick[2]", followed({"b"}));
    EXPECT_THAT(running(), ElementsAre("a[0]", "b[1]", "b[2]"));
    for (const auto& task : Names{"a[0]", "b[1]", "b[2]"}) end(task);
    EXPECT_THAT(running(), ElementsAre("last[0]", "last[1]", "last[2]"));
    for (const auto& task : Names{"last[0]", "last[1]", "last[2]", "after"}) end(task);
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(MappedBranchTest, AShortCircuitOfAMappedGroupLeavesTheOtherMapIndicesAlone) {
    use(mapped_fork());
    trigger("d");
    plan();
    end_so("pick[1]", followed({}, true));
    for (const auto& task : Names{"a[1]", "b[1]", "last[1]"}) {
        EXPECT_EQ(states[task], TaskState::skipped) << task;
    }
    end("pick[0]");
    end("pick[2]");
    EXPECT_THAT(running(), ElementsAre("a[0]", "a[2]", "b[0]", "b[2]"));
    for (const auto& task : running()) end(task);
    for (const auto& task : running()) end(task);
    EXPECT_THAT(running(), ElementsAre("after")) << "outside of the group its rule decides";
}

TEST_F(MappedBranchTest, WhatStandsOutsideIsSkippedOnceEveryInstanceSaysSo) {
    use(mapped_fork());
    trigger("d");
    plan();
    for (const auto& task : Names{"pick[0]", "pick[1]", "pick[2]"}) {
        EXPECT_NE(states["after"], TaskState::skipped) << task;
        end_so(task, followed({}, true));
    }
    EXPECT_EQ(states["after"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(MappedBranchTest, ARestoredRunKnowsWhoseMapIndexWasSkipped) {
    const auto dag = mapped_fork().shared();
    use_all({dag});
    store::ActiveRun active{.dag = *dag, .run = {}, .tasks = {}, .facts = {}};
    active.run.dag_id = core::DagId("d");
    active.run.run_id = core::RunId("r1");
    active.run.state = RunState::running;
    for (const int index : {0, 1, 2}) {
        for (const auto& [task, state] :
             {std::pair("pick", index == 0 ? TaskState::success : TaskState::scheduled),
              std::pair("a", TaskState::none),
              std::pair("b", TaskState::none),
              std::pair("last", TaskState::none)}) {
            store::TaskInstanceRecord record;
            record.key = {active.run.dag_id, active.run.run_id, core::TaskId(task), index};
            record.state = state;
            active.tasks.push_back(record);
        }
    }
    active.facts.push_back(
        {.key = active.tasks[0].key,
         .name = store::skip_xcom,
         .value = {R"({"skipped":["b"]})"},
         .at = clock.now()}
    );
    planner.restore(std::move(active), clock.now());
    plan();
    end_so("pick[1]", followed({"b"}));
    EXPECT_THAT(running(), ElementsAre("a[0]", "b[1]", "pick[2]"));
}

class LatestOnlyTest : public PlannerTest {
  protected:
    void run_of(core::RunType type, core::Timestamp at) {
        use(a_dag("d")
                .task("latest", {}, [](core::Task& task) { task.operator_name = "latest_only"; })
                .task("a", {"latest"})
                .with([](core::Dag& dag) { dag.schedule = core::CronSchedule{"0 0 * * *"}; }));
        store::RunRecord run;
        run.dag_id = core::DagId("d");
        run.run_id = core::RunId("r1");
        run.type = type;
        run.conf.text = "{}";
        run.logical_date = at;
        run.data_interval = {at, at};
        run.run_after = at;
        ASSERT_TRUE(planner.add_run(run));
        plan();
    }
};

TEST_F(LatestOnlyTest, ARunThatALaterTickHasPassedSkipsWhatStandsBehind) {
    run_of(core::RunType::scheduled, clock.now() - std::chrono::hours(48));
    EXPECT_EQ(states["latest"], TaskState::success);
    EXPECT_EQ(states["a"], TaskState::skipped);
}

TEST_F(LatestOnlyTest, TheLatestRunGoesOn) {
    clock.advance(std::chrono::hours(1));
    run_of(core::RunType::scheduled, clock.now() - std::chrono::hours(1));
    EXPECT_THAT(running(), ElementsAre("a"));
}

TEST_F(LatestOnlyTest, ARunThatSomebodyAskedForIsTheLatest) {
    run_of(core::RunType::manual, clock.now() - std::chrono::hours(48));
    EXPECT_THAT(running(), ElementsAre("a"));
}

}  // namespace
}  // namespace reel::scheduler
