#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::IsEmpty;

/// A run that has ended and that somebody asked about stays with the planner for one round.
class RunsAtHand : public PlannerTest {
  protected:
    RunsAtHand() {
        use_all({a_dag("d").task("a").shared(), a_dag("other").task("a").shared()});
        store::ActiveRun ended{.dag = a_dag("d").task("a").build(), .run = {}, .tasks = {}};
        ended.run.dag_id = core::DagId("d");
        ended.run.run_id = core::RunId("r1");
        ended.run.state = core::RunState::success;
        ended.run.start_date = clock.now();
        ended.run.end_date = clock.now();
        store::TaskInstanceRecord record;
        record.key = {ended.run.dag_id, ended.run.run_id, core::TaskId("a"), -1};
        record.state = core::TaskState::success;
        ended.tasks.push_back(record);
        planner.restore(std::move(ended), clock.now());
    }
};

TEST_F(RunsAtHand, OneThatHasEndedOutlastsTheFileOfItsDag) {
    use_all({a_dag("other").task("a").shared()});
    EXPECT_THAT(plan().commit.runs, IsEmpty());
    EXPECT_FALSE(planner.has_run(core::DagId("d"), core::RunId("r1")));
}

TEST_F(RunsAtHand, OneThatHasEndedGoesWithItsDag) {
    planner.remove_dag(core::DagId("d"));
    EXPECT_FALSE(planner.has_run(core::DagId("d"), core::RunId("r1")));
    EXPECT_THAT(plan().commit.runs, IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
