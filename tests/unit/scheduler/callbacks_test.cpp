// Who is called about what tasks and runs do.

#include <gmock/gmock.h>

#include "callbacks_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::CallbackEvent;
using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class CallbacksTest : public CallbacksFixture {};

TEST_F(CallbacksTest, ATaskThatSucceedsCallsWhenItBeginsAndEnds) {
    use(a_dag("d").task("a", {}, calls_always));
    trigger("d");
    plan();
    EXPECT_THAT(take_calls(), IsEmpty()) << "it is queued";
    start_task("a");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 1"));
    end_task("a");
    EXPECT_THAT(take_calls(), ElementsAre("a success try 1"));
}

TEST_F(CallbacksTest, ATaskThatFailsCallsForEachRetryAndForTheEnd) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        calls_always(task);
        task.retries = 1;
        task.retry_delay = 1min;
    }));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed, "exit code 3");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 1", "a retry try 1: exit code 3"));
    clock.advance(1min);
    plan();
    end("a", TaskOutcome::timed_out, "timed out after 5m");
    EXPECT_THAT(
        take_calls(), ElementsAre("a execute try 2", "a failure try 2: timed out after 5m")
    );
}

TEST_F(CallbacksTest, AFailureForGoodCallsNoRetry) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        calls_always(task);
        task.retries = 5;
    }));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed_finally, "undefined name");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 1", "a failure try 1: undefined name"));
}

TEST_F(CallbacksTest, ATryThatIsGivenBackCallsNobody) {
    use(a_dag("d").task("a", {}, calls_always));
    trigger("d");
    plan();
    end("a", TaskOutcome::cancelled, "interrupted");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 1"));
}

TEST_F(CallbacksTest, ATaskThatSkipsItselfCallsAndThoseBehindItDoNot) {
    use(a_dag("d").task("a", {}, calls_always).task("b", {"a"}, calls_always));
    trigger("d");
    plan();
    end("a", TaskOutcome::skipped, "exit code 99");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 1", "a skipped try 1: exit code 99"));
    EXPECT_EQ(states.at("b"), TaskState::skipped);
}

TEST_F(CallbacksTest, ATaskWhoseUpstreamFailedNeverRanAndCallsNobody) {
    use(a_dag("d").task("a").task("b", {"a"}, calls_always));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed);
    EXPECT_EQ(states.at("b"), TaskState::upstream_failed);
    EXPECT_THAT(take_calls(), IsEmpty());
}

TEST_F(CallbacksTest, AStartThatWasNotReportedIsOneAllTheSame) {
    use(a_dag("d").task("a", {}, calls_always));
    trigger("d");
    plan();
    end_task("a");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 1", "a success try 1"));
}

TEST_F(CallbacksTest, ATaskWithoutAProcessCallsLikeAnyOther) {
    use(a_dag("d").task("nothing", {}, [](core::Task& task) {
        calls_always(task);
        task.operator_name = "empty";
    }));
    trigger("d");
    plan();
    EXPECT_THAT(take_calls(), ElementsAre("nothing execute try 1", "nothing success try 1"));
}

TEST_F(CallbacksTest, ASensorCallsWhenItBeginsToWait) {
    use(a_dag("d").task("wait", {}, [](core::Task& task) {
        calls_always(task);
        task.operator_name = "sensor.file";
    }));
    trigger("d");
    plan();
    EXPECT_THAT(take_calls(), ElementsAre("wait execute try 1"));
    end_task("wait");
    EXPECT_THAT(take_calls(), ElementsAre("wait success try 1"));
}

TEST_F(CallbacksTest, EachInstanceOfAMappedTaskCallsForItself) {
    use(a_dag("d").task("m", {}, [](core::Task& task) {
        calls_always(task);
        task.callbacks.erase(CallbackEvent::execute);
        task.mapping = core::Mapping{{{.argument = "x", .literal = {"[1, 2]"}, .upstream = {}}}};
    }));
    trigger("d");
    plan();
    end("m[0]");
    end("m[1]", TaskOutcome::failed, "exit code 1");
    EXPECT_THAT(take_calls(), ElementsAre("m[0] success try 1", "m[1] failure try 1: exit code 1"));
}

TEST_F(CallbacksTest, SeveralOfOneEventAreARecordEachWithItsPlaceAndKind) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        task.callbacks[CallbackEvent::success] = {
            {.kind = core::CallbackKind::slack, .args = {"{}"}},
            {.kind = core::CallbackKind::email, .args = {"{}"}}
        };
    }));
    trigger("d");
    plan();
    end_task("a");
    ASSERT_EQ(calls.size(), 2U);
    EXPECT_EQ(calls[0].position, 0);
    EXPECT_EQ(calls[0].kind, core::CallbackKind::slack);
    EXPECT_EQ(calls[1].position, 1);
    EXPECT_EQ(calls[1].kind, core::CallbackKind::email);
}

TEST_F(CallbacksTest, TheyAreDueAtOnceNumberedAndNameTheVersion) {
    planner.restore_callbacks(41);
    use(a_dag("d").task("a", {}, calls_always));
    trigger("d");
    plan();
    end_task("a");
    ASSERT_EQ(calls.size(), 2U);
    EXPECT_EQ(calls[0].id, 42);
    EXPECT_EQ(calls[1].id, 43);
    EXPECT_EQ(calls[1].next_try_at, clock.now());
    EXPECT_EQ(calls[1].created_at, clock.now());
    EXPECT_EQ(calls[1].state, store::CallbackState::pending);
    EXPECT_EQ(calls[1].dag_version, planner.find_dag(core::DagId("d"))->dag->version);
}

TEST_F(CallbacksTest, ADagThatCallsNobodyAddsNothingToACommit) {
    use(a_dag("d").task("a").task("b", {"a"}));
    trigger("d");
    plan();
    end("a");
    end("b");
    EXPECT_THAT(calls, IsEmpty());
    EXPECT_THAT(standings, IsEmpty());
}

// --- runs

TEST_F(CallbacksTest, ARunCallsForHowItEnds) {
    use(a_dag("d").task("a").with(run_calls));
    trigger("d", "good");
    plan();
    end("a");
    EXPECT_THAT(take_calls(), ElementsAre("run good success: success"));
    trigger("d", "bad");
    plan();
    end("a", TaskOutcome::failed);
    EXPECT_THAT(take_calls(), ElementsAre("run bad failure: task_failure"));
}

TEST_F(CallbacksTest, ARunThatTakesTooLongCallsAndItsTasksDoNot) {
    use(a_dag("d").task("a", {}, calls_always).with([](core::Dag& dag) {
        run_calls(dag);
        dag.dagrun_timeout = 5min;
    }));
    trigger("d");
    plan();
    clock.advance(5min);
    plan();
    EXPECT_THAT(take_calls(), ElementsAre("run r1 failure: timed_out"));
}

TEST_F(CallbacksTest, FailFastCallsForTheTaskThatFailedAndForTheRun) {
    use(a_dag("d").task("a", {}, calls_always).task("b", {}, calls_always).with([](core::Dag& dag) {
        run_calls(dag);
        dag.fail_fast = true;
    }));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed, "no");
    EXPECT_THAT(
        take_calls(),
        ElementsAre("a execute try 1", "a failure try 1: no", "run r1 failure: task_failure")
    );
}

// --- by hand: as in Airflow, nobody is called about that

TEST_F(CallbacksTest, AMarkCallsNobodyForTheTask) {
    use(a_dag("d").task("a", {}, calls_always).task("keeps it running"));
    trigger("d");
    plan();
    for (const TaskState state : {TaskState::failed, TaskState::success, TaskState::skipped}) {
        ASSERT_TRUE(planner.mark(
            core::DagId("d"),
            core::RunId("r1"),
            {.tasks = {{core::TaskId("a"), {}}}},
            state,
            false,
            clock.now()
        ));
        plan();
    }
    EXPECT_THAT(take_calls(), IsEmpty());
}

TEST_F(CallbacksTest, ARunThatEndsByItselfAfterAMarkCalls) {
    use(a_dag("d").task("a").with(run_calls));
    trigger("d");
    plan();
    ASSERT_TRUE(planner.mark(
        core::DagId("d"), core::RunId("r1"), {}, TaskState::success, false, clock.now()
    ));
    plan();
    EXPECT_THAT(take_calls(), ElementsAre("run r1 success: success"));
}

TEST_F(CallbacksTest, ARunThatIsMarkedCallsNobody) {
    use(a_dag("d").task("a", {}, calls_always).with(run_calls));
    trigger("d");
    plan();
    ASSERT_TRUE(
        planner.end_run(core::DagId("d"), core::RunId("r1"), core::RunState::failed, clock.now())
    );
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
}

TEST_F(CallbacksTest, AClearedTaskCallsAnewWhenItRunsAgain) {
    use(a_dag("d").task("a", {}, calls_always).task("b", {"a"}));
    trigger("d");
    plan();
    end("a");
    take_calls();
    ASSERT_TRUE(planner.clear(
        core::DagId("d"),
        {core::RunId("r1")},
        {.tasks = {{core::TaskId("a"), {}}}},
        false,
        clock.now()
    ));
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
    end("a", TaskOutcome::failed, "now it fails");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 2", "a failure try 2: now it fails"));
}

TEST_F(CallbacksTest, ATaskThatIsTakenUpAgainWhileItRunsDoesNotBeginTwice) {
    use(a_dag("d").task("a", {}, calls_always));
    trigger("d");
    plan();
    start_task("a");
    EXPECT_THAT(take_calls(), ElementsAre("a execute try 1"));
    restart();
    end_task("a");
    EXPECT_THAT(take_calls(), ElementsAre("a success try 1"));
}

}  // namespace
}  // namespace reel::scheduler
