#include <gmock/gmock.h>

#include "support/lingering.hpp"
#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::Errc;
using core::RunState;
using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ByHandTest : public PlannerTest {
  protected:
    // a ─▶ b ─▶ c
    static support::DagBuilder chain() {
        return a_dag("d").task("a").task("b", {"a"}).task("c", {"b"});
    }

    static TaskSelection only(const std::string& task) {
        return {.tasks = {{.task_id = core::TaskId(task), .map_index = {}}}};
    }

    core::Result<std::vector<store::TaskInstanceRecord>> clear(
        const TaskSelection& selection, bool dry_run = false
    ) {
        auto cleared =
            planner.clear(core::DagId("d"), {core::RunId("r1")}, selection, dry_run, clock.now());
        plan();
        return cleared;
    }

    core::Result<std::vector<store::TaskInstanceRecord>> mark(
        const TaskSelection& selection, TaskState state
    ) {
        auto marked =
            planner.mark(core::DagId("d"), core::RunId("r1"), selection, state, false, clock.now());
        plan();
        return marked;
    }

    /// A chain that has ended: a success, b failed, c upstream_failed.
    store::ActiveRun failed_run() {
        store::ActiveRun ended{.dag = chain().build(), .run = {}, .tasks = {}, .facts = {}};
        ended.run.dag_id = core::DagId("d");
        ended.run.run_id = core::RunId("r1");
        ended.run.state = RunState::failed;
        ended.run.start_date = clock.now();
        ended.run.end_date = clock.now();
        for (const auto& [task, state, tries] :
             {std::tuple("a", TaskState::success, 1),
              std::tuple("b", TaskState::failed, 2),
              std::tuple("c", TaskState::upstream_failed, 0)}) {
            store::TaskInstanceRecord record;
            record.key = {ended.run.dag_id, ended.run.run_id, core::TaskId(task), -1};
            record.state = state;
            record.try_number = tries;
            record.max_tries = 1;
            ended.tasks.push_back(record);
        }
        return ended;
    }
};

TEST_F(ByHandTest, AClearedTaskOfAnEndedRunBeginsAnewAndTheRunIsQueuedAgain) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    TaskSelection from_b = only("b");
    from_b.downstream = true;
    const auto cleared = clear(from_b);
    ASSERT_TRUE(cleared);
    EXPECT_THAT(*cleared, SizeIs(2));
    EXPECT_EQ(cleared->front().state, TaskState::failed) << "as it stood before";
    EXPECT_THAT(running(), ElementsAre("b"));
    EXPECT_EQ(run_states["r1"], RunState::running);
    EXPECT_EQ(live.at("b").try_number, 3) << "the history of tries goes on";
    end("b");
    end("c");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(ByHandTest, AClearedTaskHasItsRetriesAnew) {
    use(a_dag("d").task("a").task(
                                "b", {"a"}, [](core::Task& task) { task.retries = 1; }
    ).task("c", {"b"}));
    auto ended = failed_run();
    ended.dag.tasks[1].retries = 1;
    planner.restore(std::move(ended), clock.now());
    clear(only("b"));
    EXPECT_EQ(records["b"].max_tries, 3);
    end("b", TaskOutcome::failed);
    EXPECT_EQ(states["b"], TaskState::up_for_retry);
}

TEST_F(ByHandTest, WhatATaskPushedGoesWithItsClearing) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    ASSERT_TRUE(planner.clear(core::DagId("d"), {core::RunId("r1")}, only("a"), false, clock.now())
    );
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.stale_xcoms, SizeIs(1));
    EXPECT_EQ(effects.commit.stale_xcoms[0].task_id.str(), "a");
}

TEST_F(ByHandTest, ARunningTaskIsEndedBeforeItBeginsAnew) {
    use(chain());
    trigger("d");
    plan();
    const AttemptOrder first = live.at("a");
    ASSERT_TRUE(planner.clear(core::DagId("d"), {core::RunId("r1")}, only("a"), false, clock.now())
    );
    const Effects effects = plan();
    EXPECT_THAT(effects.cancel, ElementsAre(first.attempt));
    EXPECT_THAT(effects.start, IsEmpty()) << "its process is still there";
    EXPECT_EQ(states["a"], TaskState::restarting);
    end("a", TaskOutcome::cancelled);
    ASSERT_TRUE(live.contains("a"));
    EXPECT_GT(live.at("a").attempt, first.attempt);
}

TEST_F(ByHandTest, WhatIsMarkedWhileItRunsIsOnRecordUntilItsProcessIsGone) {
    use(chain());
    trigger("d");
    plan();
    const AttemptOrder first = live.at("a");
    ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::failed, clock.now())
    );
    const Effects decreed = plan();
    EXPECT_THAT(decreed.cancel, ElementsAre(first.attempt));
    ASSERT_THAT(decreed.commit.lingering, SizeIs(1));
    EXPECT_EQ(decreed.commit.lingering[0].attempt, first.attempt);
    EXPECT_EQ(decreed.commit.lingering[0].key, first.key);
    AttemptEnded gone;
    gone.attempt = first.attempt;
    planner.on_ended(gone);
    EXPECT_THAT(plan().commit.gone, ElementsAre(first.attempt));
}

TEST_F(ByHandTest, AfterARestartAClearedTaskIsStillEnded) {
    use(chain());
    auto active = failed_run();
    active.run.state = RunState::running;
    active.tasks[0].state = TaskState::restarting;
    active.tasks[0].attempt = 7;
    EXPECT_THAT(planner.restore(std::move(active), clock.now()), SizeIs(1));
    EXPECT_THAT(plan().cancel, ElementsAre(7)) << "whoever cleared it may not have come to it";
}

TEST_F(ByHandTest, AfterARestartATaskWaitsForWhatLingersOfIt) {
    use(chain());
    const core::TaskKey key{core::DagId("d"), core::RunId("r1"), core::TaskId("b"), -1};
    planner.restore_lingering({support::a_lingering(1, key)});
    planner.restore(failed_run(), clock.now());
    clear(only("b"));
    EXPECT_THAT(running(), IsEmpty());
    AttemptEnded gone;
    gone.attempt = 1;
    planner.on_ended(gone);
    plan();
    EXPECT_THAT(running(), ElementsAre("b"));
}

TEST_F(ByHandTest, ADryRunChangesNothing) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    const auto meant = clear(only("b"), true);
    ASSERT_TRUE(meant);
    EXPECT_THAT(*meant, SizeIs(1));
    EXPECT_THAT(states, IsEmpty());
    EXPECT_FALSE(planner.has_active_runs(core::DagId("d")));
}

TEST_F(ByHandTest, OnlyFailedMeansFailedAndUpstreamFailed) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    const auto meant = clear({.tasks = {}, .only_failed = true}, true);
    ASSERT_TRUE(meant);
    ASSERT_THAT(*meant, SizeIs(2));
    EXPECT_EQ((*meant)[0].key.task_id.str(), "b");
    EXPECT_EQ((*meant)[1].key.task_id.str(), "c");
}

TEST_F(ByHandTest, AClearThatSparesWhatRunsChangesNothingWhereSomethingDoes) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    trigger("d", "r2");
    plan();
    const AttemptOrder a = live.at("a");
    planner.on_started(
        {.attempt = a.attempt, .key = a.key, .at = clock.now(), .pid = 7, .hostname = "h"}
    );
    plan();
    planner.restore(failed_run(), clock.now());
    const TaskSelection spare{.tasks = {}, .refuse_running = true};
    const std::vector both{core::RunId("r1"), core::RunId("r2")};
    const auto meant = planner.clear(core::DagId("d"), both, spare, true, clock.now());
    EXPECT_THAT(meant.value(), SizeIs(6)) << "a dry run spares everything";
    states.clear();
    const auto refused = planner.clear(core::DagId("d"), both, spare, false, clock.now());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().message, HasSubstr("Task 'a' of run 'r2' is running"));
    EXPECT_THAT(plan().cancel, IsEmpty());
    EXPECT_THAT(states, IsEmpty()) << "of no run";
    end("a");
    end("b");
    end("c");
    planner.restore(failed_run(), clock.now());
    EXPECT_TRUE(clear(spare)) << "nothing runs any more";
}

TEST_F(ByHandTest, SeveralRunsAreClearedAtOnce) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    trigger("d", "r2");
    const std::vector both{core::RunId("r1"), core::RunId("r2"), core::RunId("nobody")};
    const auto cleared = planner.clear(core::DagId("d"), both, only("b"), false, clock.now());
    ASSERT_TRUE(cleared);
    ASSERT_THAT(*cleared, SizeIs(2));
    EXPECT_EQ(cleared->back().key.run_id.str(), "r2");
    const std::vector unknown{core::RunId("nobody")};
    EXPECT_FALSE(planner.clear(core::DagId("d"), unknown, only("b"), false, clock.now()));
}

TEST_F(ByHandTest, UpstreamMeansEverythingBefore) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    TaskSelection to_c = only("c");
    to_c.upstream = true;
    EXPECT_THAT(clear(to_c, true).value(), SizeIs(3));
}

TEST_F(ByHandTest, AMisspeltTaskIsNotFoundAndHinted) {
    use(a_dag("d").task("download").task("load", {"download"}));
    trigger("d");
    plan();
    const auto cleared = clear(only("downlaod"));
    ASSERT_FALSE(cleared);
    EXPECT_EQ(cleared.error().code, Errc::not_found);
    EXPECT_THAT(cleared.error().hint, HasSubstr("download"));
}

TEST_F(ByHandTest, AMapIndexThatIsNotThereIsNotFound) {
    use(chain());
    trigger("d");
    plan();
    EXPECT_EQ(
        clear({.tasks = {{.task_id = core::TaskId("a"), .map_index = 3}}}).error().code,
        Errc::not_found
    );
}

TEST_F(ByHandTest, AMarkedSuccessLetsWhatFailedBehindItRun) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    ASSERT_TRUE(mark(only("b"), TaskState::success));
    EXPECT_EQ(records["b"].message, "marked success");
    EXPECT_THAT(running(), ElementsAre("c"));
    end("c");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(ByHandTest, AMarkedFailureEndsTheProcessAndFailsTheRun) {
    use(chain());
    trigger("d");
    plan();
    const AttemptOrder order = live.at("a");
    ASSERT_TRUE(planner.mark(
        core::DagId("d"), core::RunId("r1"), only("a"), TaskState::failed, false, clock.now()
    ));
    const Effects effects = plan();
    EXPECT_THAT(effects.cancel, ElementsAre(order.attempt));
    EXPECT_EQ(states["a"], TaskState::failed);
    EXPECT_EQ(states["b"], TaskState::upstream_failed);
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(ByHandTest, ATaskMarkedAndClearedWaitsForItsOldProcess) {
    use(a_dag("d").task("a").task("other"));
    trigger("d");
    plan();
    const AttemptOrder first = live.at("a");
    mark(only("a"), TaskState::success);
    live.erase("a");
    clear(only("a"));
    EXPECT_FALSE(live.contains("a")) << "its first process may still be there";
    AttemptEnded event{.attempt = first.attempt, .key = first.key, .at = clock.now()};
    planner.on_ended(event);
    plan();
    EXPECT_TRUE(live.contains("a"));
}

TEST_F(ByHandTest, ARunThatWasEndedAndIsTakenUpAnewWaitsForItsOldProcesses) {
    use(chain());
    trigger("d");
    plan();
    const AttemptOrder old = live.at("a");
    ASSERT_TRUE(
        planner.end_run(core::DagId("d"), core::RunId("r1"), core::RunState::failed, clock.now())
    );
    plan();
    ASSERT_FALSE(planner.has_run(core::DagId("d"), core::RunId("r1")));
    live.clear();
    planner.restore(failed_run(), clock.now());
    ASSERT_TRUE(clear({}));
    EXPECT_THAT(running(), IsEmpty()) << "its process is still being ended";
    live["a"] = old;
    end("a", TaskOutcome::cancelled);
    ASSERT_TRUE(live.contains("a"));
    EXPECT_GT(live.at("a").attempt, old.attempt);
}

TEST_F(ByHandTest, ARunThatIsMarkedSuccessHasSucceededInAllItsTasks) {
    use(chain());
    trigger("d");
    plan();
    const AttemptOrder order = live.at("a");
    ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::success, clock.now())
    );
    const Effects effects = plan();
    EXPECT_THAT(effects.cancel, ElementsAre(order.attempt));
    EXPECT_EQ(run_states["r1"], RunState::success);
    for (const auto& task : Names{"a", "b", "c"}) {
        EXPECT_EQ(states[task], TaskState::success) << task;
        EXPECT_EQ(records[task].message, "run marked success") << task;
    }
}

TEST_F(ByHandTest, AnEndedRunMayBeMarked) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    const auto ended_at = clock.now();
    clock.advance(std::chrono::hours(1));
    const auto marked =
        planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::success, clock.now());
    ASSERT_TRUE(marked) << marked.error().describe();
    EXPECT_EQ(marked->end_date, ended_at) << "it ended then";
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.runs, SizeIs(1));
    EXPECT_EQ(effects.commit.runs[0].from, RunState::failed);
    EXPECT_EQ(run_states["r1"], RunState::success);
    EXPECT_FALSE(states.contains("a")) << "it had succeeded by itself";
    EXPECT_EQ(states["b"], TaskState::success);
    EXPECT_EQ(states["c"], TaskState::success);
    EXPECT_FALSE(planner.has_run(core::DagId("d"), core::RunId("r1")));
}

TEST_F(ByHandTest, AnEndedRunThatIsMarkedFailedKeepsItsTasks) {
    use(chain());
    auto ended = failed_run();
    ended.run.state = RunState::success;
    for (auto& task : ended.tasks) task.state = TaskState::success;
    planner.restore(std::move(ended), clock.now());
    ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::failed, clock.now())
    );
    plan();
    EXPECT_EQ(run_states["r1"], RunState::failed);
    EXPECT_THAT(states, IsEmpty());
}

TEST_F(ByHandTest, ANoteIsKeptWhileTheRunGoesOn) {
    use(chain());
    trigger("d");
    plan();
    ASSERT_TRUE(planner.set_note(core::DagId("d"), core::RunId("r1"), {}, "look here"));
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.runs, SizeIs(1));
    EXPECT_EQ(effects.commit.runs[0].from, RunState::running);
    EXPECT_EQ(effects.commit.runs[0].after.note, "look here");
}

TEST_F(ByHandTest, ANoteOfATaskIsKept) {
    use(chain());
    planner.restore(failed_run(), clock.now());
    const TaskName b{.task_id = core::TaskId("b"), .map_index = {}};
    ASSERT_TRUE(planner.set_note(core::DagId("d"), core::RunId("r1"), b, "disk was full"));
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.tasks, SizeIs(1));
    EXPECT_EQ(effects.commit.tasks[0].after.note, "disk was full");
    EXPECT_EQ(effects.commit.tasks[0].after.state, TaskState::failed);
    EXPECT_THAT(effects.ended_runs, IsEmpty()) << "it had ended long before";
}

class WhyTest : public PlannerTest {
  protected:
    /// "name: reason", one a line.
    std::string why(const std::string& task) {
        const auto reasons = planner.why(
            core::DagId("d"),
            core::RunId("r1"),
            {.task_id = core::TaskId(task), .map_index = {}},
            clock.now()
        );
        if (!reasons) return reasons.error().message;
        std::string text;
        for (const auto& each : *reasons) text += each.name + ": " + each.reason + "\n";
        return text;
    }
};

TEST_F(WhyTest, NamesTheUpstreamsThatATaskWaitsFor) {
    use(a_dag("d").task("a").task("b").task("c", {"a", "b"}));
    trigger("d");
    plan();
    end("a");
    EXPECT_EQ(why("c"), "Trigger Rule: its trigger rule 'all_success' waits for b (queued)\n");
    EXPECT_EQ(why("b"), "Task Instance State: it is queued\n");
}

TEST_F(WhyTest, NamesWhatHoldsTheRunBack) {
    use(a_dag("d").task("a").with([](core::Dag& dag) { dag.max_active_runs = 1; }));
    trigger("d", "r0");
    trigger("d", "r1");
    plan();
    EXPECT_THAT(why("a"), HasSubstr("1 runs of the DAG are active, as many as max_active_runs"));
    planner.set_paused(core::DagId("d"), true, clock.now());
    EXPECT_THAT(why("a"), HasSubstr("Dag Paused: the DAG is paused"));
}

TEST_F(WhyTest, NamesTheLimitThatGivesNoPlace) {
    const auto in_pool = [](core::Task& task) { task.pool = "db"; };
    use(a_dag("d").task("a", {}, in_pool).task("b", {}, in_pool));
    trigger("d");
    plan();
    EXPECT_THAT(why("a"), HasSubstr("there is no pool 'db'"));
    planner.set_pools({{.name = "db", .slots = 1}});
    plan();
    EXPECT_THAT(why("b"), HasSubstr("needs 1 of pool 'db', of whose 1 slots 1 are taken"));
}

TEST_F(WhyTest, NamesTheTimeOfTheNextTry) {
    use(a_dag("d").task("a", {}, [](core::Task& task) { task.retries = 1; }));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed);
    EXPECT_EQ(why("a"), "Not In Retry Period: try 2 begins at 2026-01-01T00:05:00+00:00\n");
}

TEST_F(WhyTest, SaysThatAPoolIsTooSmallForEver) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        task.pool = "db";
        task.pool_slots = 5;
    }));
    planner.set_pools({{.name = "db", .slots = 3}});
    trigger("d");
    plan();
    EXPECT_THAT(why("a"), HasSubstr("needs 5 slots of pool 'db', which has only 3: it can never"));
}

TEST_F(WhyTest, TellsHowAnEndedTaskCameToIt) {
    const auto branch = [](core::Task& task) { task.operator_name = "branch"; };
    use(a_dag("d")
            .task("a")
            .task("b", {"a"})
            .task("pick", {}, branch)
            .task("chosen", {"pick"})
            .task("other", {"pick"}));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed, "exit code 3");
    AttemptEnded picked;
    picked.branch = BranchDecision{.follow = {core::TaskId("chosen")}};
    end_so("pick", picked);
    EXPECT_EQ(why("a"), "Task Instance State: it is failed: exit code 3\n");
    EXPECT_EQ(
        why("b"),
        "Task Instance State: it is upstream_failed after a (failed); its trigger rule is "
        "'all_success'\n"
    );
    EXPECT_EQ(
        why("other"),
        "Task Instance State: it is skipped after pick (success, a branch); its trigger rule is "
        "'all_success'\n"
    );
    EXPECT_EQ(why("pick"), "Task Instance State: it is success\n");
}

TEST_F(WhyTest, NamesTheLimitOfTheTaskItself) {
    use(a_dag("d").task("a", {}, [](core::Task& task) { task.max_active_tis_per_dag = 1; }));
    trigger("d", "r0");
    trigger("d", "r1");
    plan();
    EXPECT_THAT(why("a"), HasSubstr("max_active_tis_per_dag"));
}

}  // namespace
}  // namespace reel::scheduler
