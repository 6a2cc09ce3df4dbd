#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Over a list that the file gives.
auto over(const std::string& list) {
    return [list](core::Task& task) {
        task.mapping = core::Mapping{{{.argument = "x", .literal = {list}, .upstream = {}}}};
    };
}

/// Over what the task of this index pushes.
auto over_output_of(std::uint32_t upstream) {
    return [upstream](core::Task& task) {
        task.mapping = core::Mapping{{{.argument = "x", .literal = {}, .upstream = upstream}}};
    };
}

class MappingTest : public PlannerTest {
  protected:
    // list ─▶ each (mapped over what list pushes) ─▶ join
    static support::DagBuilder over_a_list() {
        return a_dag("d")
            .task("list")
            .task("each", {"list"}, over_output_of(0))
            .task("join", {"each"});
    }
};

TEST_F(MappingTest, AListOfTheFileGivesItsInstancesWithTheRun) {
    use(a_dag("d").task("each", {}, over("[1,2,3]")).task("join", {"each"}));
    trigger("d");
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.new_runs, SizeIs(1));
    EXPECT_THAT(effects.commit.new_runs[0].tasks, SizeIs(4));
    EXPECT_THAT(effects.commit.expansions, IsEmpty());
    EXPECT_THAT(running(), ElementsAre("each[0]", "each[1]", "each[2]"));
}

TEST_F(MappingTest, WhatStandsBehindWaitsForEveryInstance) {
    use(a_dag("d").task("each", {}, over("[1,2]")).task("join", {"each"}));
    trigger("d");
    plan();
    end("each[1]");
    EXPECT_THAT(running(), ElementsAre("each[0]"));
    end("each[0]");
    EXPECT_THAT(running(), ElementsAre("join"));
    end("join");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(MappingTest, TheListThatATaskPushesGivesTheInstances) {
    use(over_a_list());
    trigger("d");
    plan();
    const AttemptOrder order = live.at("list");
    AttemptEnded event{.attempt = order.attempt, .key = order.key, .at = clock.now()};
    event.xcoms.push_back({.key = order.key, .value = {R"(["a","b"])"}, .at = clock.now()});
    planner.on_ended(event);
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.expansions, SizeIs(1));
    EXPECT_EQ(effects.commit.expansions[0].placeholder.map_index, -1);
    EXPECT_THAT(effects.commit.expansions[0].instances, SizeIs(2));
    EXPECT_THAT(effects.start, SizeIs(2)) << "in the same round";
    end("each[0]");
    EXPECT_FALSE(live.contains("join"));
    end("each[1]");
    end("join");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(MappingTest, AnEmptyListSkipsTheTask) {
    use(over_a_list());
    trigger("d");
    plan();
    push("list", "[]");
    EXPECT_EQ(states["each"], TaskState::skipped);
    EXPECT_EQ(records["each"].message, "nothing to map over");
    EXPECT_EQ(states["join"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(MappingTest, WhatIsNoListFailsTheTaskAndSaysSo) {
    use(over_a_list());
    trigger("d");
    plan();
    push("list", "7");
    EXPECT_EQ(states["each"], TaskState::failed);
    EXPECT_THAT(records["each"].message, HasSubstr("neither a list nor an object"));
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(MappingTest, ATaskThatPushesNothingLeavesItsReadersUpstreamFailed) {
    use(over_a_list());
    trigger("d");
    plan();
    end("list");
    EXPECT_EQ(states["each"], TaskState::upstream_failed);
    EXPECT_THAT(records["each"].message, HasSubstr("task 'list' has pushed nothing"));
}

TEST_F(MappingTest, WhatTheFileGivesMayBeLongerThanWhatTasksMayPush) {
    planner = Planner(32, 5);
    use(a_dag("d")
            .task("list")
            .task(
                "each",
                {"list"},
                [](core::Task& task) {
                    task.mapping = core::Mapping{
                        {{.argument = "x", .literal = {"[1,2,3,4,5,6]"}, .upstream = {}},
                         {.argument = "y", .literal = {}, .upstream = 0}}
                    };
                }
            )
            .task("literal", {}, over("[1,2,3,4,5,6]")));
    trigger("d");
    plan();
    EXPECT_THAT(running(), SizeIs(7));
    for (const auto& task : running()) {
        if (task != "list") end(task);
    }
    push("list", "[1,2]");
    EXPECT_THAT(running(), SizeIs(12));
}

TEST_F(MappingTest, SeveralSourcesGiveAllCombinations) {
    use(a_dag("d").task("each", {}, [](core::Task& task) {
        task.mapping = core::Mapping{
            {{.argument = "x", .literal = {"[1,2]"}, .upstream = {}},
             {.argument = "y", .literal = {R"({"a":1,"b":2,"c":3})"}, .upstream = {}}}
        };
    }));
    trigger("d");
    plan();
    EXPECT_THAT(running(), SizeIs(6));
}

TEST_F(MappingTest, AMappedSourceCountsTheInstancesThatPushed) {
    use(a_dag("d").task("first", {}, over("[1,2,3]")).task("second", {"first"}, over_output_of(0)));
    trigger("d");
    plan();
    push("first[0]", "10");
    push("first[2]", "30");
    end("first[1]");
    EXPECT_THAT(running(), ElementsAre("second[0]", "second[1]"));
}

TEST_F(MappingTest, AFailedInstanceFailsWhatStandsBehindAndLeavesTheOthers) {
    use(a_dag("d").task("each", {}, over("[1,2]")).task("join", {"each"}));
    trigger("d");
    plan();
    end("each[0]", TaskOutcome::failed);
    EXPECT_EQ(states["join"], TaskState::upstream_failed);
    EXPECT_THAT(running(), ElementsAre("each[1]"));
    end("each[1]");
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

/// list ─▶ [ one ─▶ two ] mapped as a group ─▶ join
support::DagBuilder mapped_group() {
    const auto in_group = [](core::Task& task) { task.group = "g"; };
    return a_dag("d")
        .task("list")
        .task("one", {"list"}, in_group)
        .task("two", {"one"}, in_group)
        .task("join", {"two"})
        .with([](core::Dag& dag) {
            dag.groups.push_back(
                {.group_id = "g",
                 .label = "g",
                 .mapping = core::Mapping{{{.argument = "x", .literal = {}, .upstream = 0}}}}
            );
        });
}

TEST_F(MappingTest, InAMappedGroupAnInstanceWaitsForItsOwnIndexAlone) {
    use(mapped_group());
    trigger("d");
    plan();
    push("list", "[1,2]");
    EXPECT_THAT(running(), ElementsAre("one[0]", "one[1]"));
    end("one[1]");
    EXPECT_THAT(running(), ElementsAre("one[0]", "two[1]"));
    end("one[0]", TaskOutcome::failed);
    EXPECT_EQ(states["two[0]"], TaskState::upstream_failed);
    end("two[1]");
    EXPECT_EQ(states["join"], TaskState::upstream_failed);
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(MappingTest, ATaskThatWasPassedOverAndIsExpandedInTheSameRoundBeginsAtNone) {
    use(a_dag("d").task("list").task("x").task("other").task(
        "each", {"list", "x"}, over_output_of(0)
    ));
    trigger("d");
    plan();
    push("list", "[1,2]");
    end("x", TaskOutcome::failed);
    ASSERT_EQ(states["each"], TaskState::upstream_failed);
    const TaskSelection only_x{.tasks = {{.task_id = core::TaskId("x"), .map_index = {}}}};
    ASSERT_TRUE(planner.mark(
        core::DagId("d"), core::RunId("r1"), only_x, TaskState::success, false, clock.now()
    ));
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.expansions, SizeIs(1));
    std::map<std::string, TaskState> from;
    for (const auto& change : effects.commit.tasks) from[name_of(change.after.key)] = change.from;
    EXPECT_EQ(from.at("each[0]"), TaskState::none) << "the placeholder's row is gone";
    EXPECT_EQ(from.at("each[1]"), TaskState::none);
    EXPECT_THAT(effects.start, SizeIs(2));
}

TEST_F(MappingTest, ARestoredRunGoesOnWithItsInstances) {
    const auto dag = over_a_list().shared();
    use_all({dag});
    store::ActiveRun active{.dag = *dag, .run = {}, .tasks = {}, .facts = {}};
    active.run.dag_id = core::DagId("d");
    active.run.run_id = core::RunId("r1");
    active.run.state = RunState::running;
    const auto instance = [&](const std::string& task, int index, TaskState state) {
        store::TaskInstanceRecord record;
        record.key = {active.run.dag_id, active.run.run_id, core::TaskId(task), index};
        record.state = state;
        active.tasks.push_back(record);
    };
    instance("list", -1, TaskState::success);
    instance("each", 1, TaskState::scheduled);
    instance("each", 0, TaskState::success);
    instance("join", -1, TaskState::none);
    planner.restore(std::move(active), clock.now());
    plan();
    EXPECT_THAT(running(), ElementsAre("each[1]"));
    end("each[1]");
    EXPECT_THAT(running(), ElementsAre("join"));
}

TEST_F(MappingTest, ARestoredRunKnowsWhatItsSourcesPushed) {
    const auto dag = a_dag("d")
                         .task("list")
                         .task("gate")
                         .task("each", {"list", "gate"}, over_output_of(0))
                         .shared();
    use_all({dag});
    store::ActiveRun active{.dag = *dag, .run = {}, .tasks = {}, .facts = {}};
    active.run.dag_id = core::DagId("d");
    active.run.run_id = core::RunId("r1");
    active.run.state = RunState::running;
    for (const auto& [task, state] :
         {std::pair("list", TaskState::success), std::pair("gate", TaskState::scheduled)}) {
        store::TaskInstanceRecord record;
        record.key = {active.run.dag_id, active.run.run_id, core::TaskId(task), -1};
        record.state = state;
        active.tasks.push_back(record);
    }
    active.facts.push_back({.key = active.tasks[0].key, .value = {"[1,2,3]"}, .at = clock.now()});
    planner.restore(std::move(active), clock.now());
    plan();
    end("gate");
    EXPECT_THAT(running(), SizeIs(3));
}

}  // namespace
}  // namespace reel::scheduler
