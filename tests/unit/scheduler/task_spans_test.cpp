#include "scheduler/task_spans.hpp"

#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using std::chrono::hours;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Tasks with a start_date or end_date of their own.
class TaskSpans : public PlannerTest {
  protected:
    std::function<void(core::Task&)> from(int hour) {
        return [this, hour](core::Task& task) { task.start_date = clock.now() + hours(hour); };
    }
    std::function<void(core::Task&)> until(int hour) {
        return [this, hour](core::Task& task) { task.end_date = clock.now() + hours(hour); };
    }

    // a ─▶ b (from 2) ─▶ c
    support::DagBuilder chain() {
        return a_dag("d").task("a").task("b", {"a"}, from(2)).task("c", {"b"});
    }

    static core::Mapping over_the_second() {
        core::MapSource source;
        source.argument = "bash_command";
        source.upstream = 1;
        return {.sources = {source}};
    }

    /// As a scheduler before this one left it: a has ended well, b was not there, c is next.
    store::ActiveRun begun_without_b(const core::Dag& dag) {
        store::ActiveRun stored{.dag = dag, .run = {}, .tasks = {}, .facts = {}};
        stored.run.dag_id = core::DagId("d");
        stored.run.run_id = core::RunId("r1");
        stored.run.state = RunState::running;
        stored.run.logical_date = clock.now() + hours(1);
        for (const auto& [task, state] :
             {std::pair("a", TaskState::success), std::pair("c", TaskState::scheduled)}) {
            store::TaskInstanceRecord record;
            record.key = {stored.run.dag_id, stored.run.run_id, core::TaskId(task), -1};
            record.state = state;
            stored.tasks.push_back(record);
        }
        return stored;
    }

    /// A run of that hour, none where it has no logical date; the names of the tasks it has.
    std::vector<std::string> begin(
        const std::string& run_id,
        std::optional<int> hour,
        core::RunType type = core::RunType::scheduled
    ) {
        store::RunRecord run;
        run.dag_id = core::DagId("d");
        run.run_id = core::RunId(run_id);
        run.type = type;
        run.conf.text = "{}";
        if (hour) run.logical_date = clock.now() + hours(*hour);
        run.run_after = clock.now();
        EXPECT_TRUE(planner.add_run(run));
        const Effects effects = plan();
        std::vector<std::string> names;
        for (const auto& created : effects.commit.new_runs) {
            for (const auto& task : created.tasks) names.push_back(name_of(task.key));
        }
        return names;
    }
};

TEST_F(TaskSpans, ARunOfAnEarlierOrLaterDateGoesWithoutTheTask) {
    use(a_dag("d").task("a").task("late", {}, from(2)).task("early", {}, until(4)));
    EXPECT_THAT(begin("r1", 1), ElementsAre("a", "early"));
    EXPECT_THAT(begin("r2", 2), ElementsAre("a", "late", "early"));
    EXPECT_THAT(begin("r4", 4), ElementsAre("a", "late", "early"));
    EXPECT_THAT(begin("r5", 5), ElementsAre("a", "late"));
}

TEST_F(TaskSpans, ARunWithoutALogicalDateAndOneOfABackfillHaveAll) {
    use(a_dag("d").task("a").task("late", {}, from(2)));
    EXPECT_THAT(begin("r1", std::nullopt), SizeIs(2));
    EXPECT_THAT(begin("r2", 1, core::RunType::backfill), SizeIs(2));
}

TEST_F(TaskSpans, WhatStandsBehindWaitsForWhatStoodBefore) {
    use(chain());
    begin("r1", 1);
    EXPECT_THAT(running(), ElementsAre("a"));
    end("a");
    EXPECT_THAT(running(), ElementsAre("c"));
    EXPECT_EQ(live.at("c").dag->tasks.size(), 3U) << "who carries it out sees the DAG of the file";
    EXPECT_EQ(live.at("c").task().task_id.str(), "c");
    end("c");
    EXPECT_EQ(run_states["r1"], RunState::success);
    EXPECT_FALSE(states.contains("b"));
}

TEST_F(TaskSpans, AFailureReachesWhatStandsBehind) {
    use(chain());
    begin("r1", 1);
    end("a", TaskOutcome::failed);
    EXPECT_EQ(states["c"], TaskState::upstream_failed);
}

TEST_F(TaskSpans, ARunWithoutAnyTaskHasSucceeded) {
    use(a_dag("d").task("b", {}, from(2)));
    EXPECT_THAT(begin("r1", 1), IsEmpty());
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(TaskSpans, WhatIsMappedOverItsOutputGoesWithIt) {
    use(chain().with([](core::Dag& dag) { dag.tasks[2].mapping = over_the_second(); }));
    EXPECT_THAT(begin("r1", 1), ElementsAre("a"));
    const auto why = planner.why(
        core::DagId("d"), core::RunId("r1"), {.task_id = core::TaskId("c")}, clock.now()
    );
    EXPECT_THAT(why.error().message, HasSubstr("what it is mapped over has none"));
}

TEST_F(TaskSpans, AMappingBehindItStillFindsItsSource) {
    use(a_dag("d")
            .task("late", {}, from(2))
            .task("list")
            .task("each", {"list", "late"})
            .with([](core::Dag& dag) { dag.tasks[2].mapping = over_the_second(); }));
    begin("r1", 1);
    push("list", "[1, 2]");
    EXPECT_THAT(running(), ElementsAre("each[0]", "each[1]"));
}

TEST_F(TaskSpans, ABranchThatFollowsItFollowsWhatStandsBehindIt) {
    // choose ─▶ b (from 2) ─▶ c, choose ─▶ other
    use(a_dag("d")
            .task("choose")
            .task("b", {"choose"}, from(2))
            .task("c", {"b"})
            .task("other", {"choose"}));
    begin("r1", 1);
    AttemptEnded chosen;
    chosen.branch = BranchDecision{.follow = {core::TaskId("b")}};
    end_so("choose", chosen);
    EXPECT_THAT(running(), ElementsAre("c"));
    EXPECT_EQ(states["other"], TaskState::skipped);
}

TEST_F(TaskSpans, ARunThatIsTakenUpAgainHasWhatItHad) {
    use(chain());
    planner.restore(begun_without_b(chain().build()), clock.now());
    plan();
    EXPECT_THAT(running(), ElementsAre("c"));
    end("c");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(TaskSpans, ARunThatIsTakenUpAgainHasWhatItHadWhereTheDatesHaveMoved) {
    // "1 days" is another date at every parse, of the same version.
    const auto moved = a_dag("d").task("a").task("b", {"a"}, from(-2)).task("c", {"b"});
    use(moved);
    planner.restore(begun_without_b(moved.build()), clock.now());
    plan();
    EXPECT_THAT(running(), ElementsAre("c"));
    const auto why = planner.why(
        core::DagId("d"), core::RunId("r1"), {.task_id = core::TaskId("b")}, clock.now()
    );
    EXPECT_THAT(why.error().message, HasSubstr("when the run began"));
    end("c");
    EXPECT_EQ(run_states["r1"], RunState::success);
    EXPECT_FALSE(states.contains("b"));
}

TEST_F(TaskSpans, WhatWasMappedOverWhatThereWasNotStaysAway) {
    const auto moved = [this](int hour) {
        return a_dag("d")
            .task("a")
            .task("b", {"a"}, from(hour))
            .task("c", {"b"})
            .with([](core::Dag& dag) { dag.tasks[2].mapping = over_the_second(); });
    };
    use(moved(-2));
    auto stored = begun_without_b(moved(-2).build());
    stored.tasks.pop_back();
    stored.tasks[0].state = TaskState::scheduled;
    planner.restore(stored, clock.now());
    plan();
    end("a");
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(TaskSpans, AClearTellsWhyThereIsNoInstance) {
    use(chain());
    begin("r1", 1);
    const TaskSelection b{.tasks = {{.task_id = core::TaskId("b"), .map_index = {}}}};
    const auto cleared =
        planner.clear(core::DagId("d"), {core::RunId("r1")}, b, false, clock.now());
    ASSERT_FALSE(cleared);
    EXPECT_EQ(cleared.error().code, core::Errc::not_found);
    EXPECT_THAT(cleared.error().message, HasSubstr("lies before the start_date"));
}

TEST_F(TaskSpans, DiamondsAreBridgedOnce) {
    const core::Dag dag = a_dag("d")
                              .task("a")
                              .task("b", {"a"})
                              .task("c", {"a"})
                              .task("d", {"b", "c"})
                              .task("e", {"d", "a"})
                              .build();
    const core::Dag rest = without_tasks(dag, {false, true, true, true, false});
    ASSERT_THAT(rest.tasks, SizeIs(2));
    EXPECT_THAT(rest.tasks[0].downstream, ElementsAre(1U));
    EXPECT_THAT(rest.tasks[1].upstream, ElementsAre(0U));
}

}  // namespace
}  // namespace reel::scheduler
