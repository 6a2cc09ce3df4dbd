#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using support::a_dag;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What people note about a run goes with its row and moves nothing else.
class RunNotes : public PlannerTest {
  protected:
    RunNotes() { use(a_dag("d").task("a").task("b", {"a"})); }

    core::Result<store::RunRecord> note(const std::string& text, const std::string& run = "r1") {
        return planner.set_note(core::DagId("d"), core::RunId(run), {}, text);
    }
};

TEST_F(RunNotes, OfARunThatIsNotStoredYetAreStoredWithIt) {
    trigger("d");
    ASSERT_TRUE(note("first"));
    const auto effects = plan();
    ASSERT_THAT(effects.commit.new_runs, SizeIs(1));
    EXPECT_EQ(effects.commit.new_runs[0].run.note, "first");
    ASSERT_THAT(effects.commit.runs, SizeIs(1)) << "its start";
    EXPECT_EQ(effects.commit.runs[0].after.note, "first");
}

TEST_F(RunNotes, OfAQueuedRunLeaveItQueued) {
    use(a_dag("d").task("a"), true);
    trigger("d");
    plan();
    const auto noted = note("why it waits");
    ASSERT_TRUE(noted);
    EXPECT_EQ(noted->state, RunState::queued);
    const auto effects = plan();
    ASSERT_THAT(effects.commit.runs, SizeIs(1));
    EXPECT_EQ(effects.commit.runs[0].from, RunState::queued);
    EXPECT_EQ(effects.commit.runs[0].after, *noted);
    EXPECT_THAT(effects.start, IsEmpty());
}

TEST_F(RunNotes, OfARunningRunAreItsOnlyChange) {
    trigger("d");
    plan();
    ASSERT_TRUE(note("one"));
    ASSERT_TRUE(note("two"));
    const auto effects = plan();
    ASSERT_THAT(effects.commit.runs, SizeIs(1)) << "the last word counts";
    EXPECT_EQ(effects.commit.runs[0].from, RunState::running);
    EXPECT_EQ(effects.commit.runs[0].after.state, RunState::running);
    EXPECT_EQ(effects.commit.runs[0].after.note, "two");
    EXPECT_THAT(effects.commit.tasks, IsEmpty());
    EXPECT_THAT(plan().commit.runs, IsEmpty()) << "and is stored once";
}

TEST_F(RunNotes, StayWithTheRunToItsEnd) {
    trigger("d");
    plan();
    ASSERT_TRUE(note("seen"));
    end("a");
    planner.on_ended(
        {.attempt = live.at("b").attempt,
         .key = live.at("b").key,
         .outcome = TaskOutcome::succeeded,
         .at = clock.now()}
    );
    ASSERT_TRUE(note("seen at the end")) << "its end is not stored yet";
    const auto effects = plan();
    ASSERT_THAT(effects.commit.runs, SizeIs(1));
    EXPECT_EQ(effects.commit.runs[0].from, RunState::running);
    EXPECT_EQ(effects.commit.runs[0].after.state, RunState::success);
    EXPECT_EQ(effects.commit.runs[0].after.note, "seen at the end");
}

TEST_F(RunNotes, OfRunsThatAreNotActiveAreNotThePlannersBusiness) {
    EXPECT_EQ(note("x", "none").error().code, core::Errc::not_found);
    trigger("d");
    plan();
    ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::failed, clock.now())
    );
    plan();
    EXPECT_EQ(note("x").error().code, core::Errc::not_found);
    EXPECT_THAT(plan().commit.runs, IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
