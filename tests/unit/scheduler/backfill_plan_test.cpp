#include "scheduler/backfill_plan.hpp"

#include <gmock/gmock.h>

#include "scheduler/run_ids.hpp"
#include "support/dag_builder.hpp"

namespace reel::scheduler {
namespace {

using core::Errc;
using core::ReprocessBehavior;
using core::RunState;
using core::Timestamp;
using std::chrono::hours;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Timestamp at(const std::string& text) {
    return core::parse_timestamp(text).value();
}

core::Dag daily() {
    return a_dag("d")
        .task("a")
        .with([](core::Dag& dag) { dag.schedule = core::CronSchedule{"0 7 * * *"}; })
        .build();
}

BackfillRequest span(const std::string& from, const std::string& to) {
    BackfillRequest request;
    request.dag_id = core::DagId("d");
    request.from_date = at(from);
    request.to_date = at(to);
    return request;
}

const Timestamp now = at("2026-06-01T12:00:00Z");

std::vector<std::string> dates(const core::Dag& dag, const BackfillRequest& request) {
    std::vector<std::string> found;
    const auto fires = plan_backfill(dag, request, now);
    EXPECT_TRUE(fires) << fires.error().describe();
    if (!fires) return found;
    for (const auto& fire : *fires) {
        found.push_back(core::format_api(fire.logical_date));
        EXPECT_EQ(fire.sort_ordinal, static_cast<int>(found.size()));
        EXPECT_EQ(fire.dag_id, dag.dag_id);
        EXPECT_TRUE(fire.is_pending());
    }
    return found;
}

std::string refusal(const core::Dag& dag, const BackfillRequest& request) {
    const auto fires = plan_backfill(dag, request, now);
    if (fires) return "";
    EXPECT_EQ(fires.error().code, Errc::invalid_argument);
    return fires.error().describe();
}

TEST(BackfillPlan, HoldsTheFiresOfTheScheduleBothEndsIncluded) {
    EXPECT_THAT(
        dates(daily(), span("2026-01-01T07:00:00Z", "2026-01-03T07:00:00Z")),
        ElementsAre("2026-01-01T07:00:00Z", "2026-01-02T07:00:00Z", "2026-01-03T07:00:00Z")
    );
    EXPECT_THAT(
        dates(daily(), span("2026-01-01T07:00:01Z", "2026-01-03T06:59:59Z")),
        ElementsAre("2026-01-02T07:00:00Z")
    );
    EXPECT_THAT(dates(daily(), span("2025-01-01", "2025-12-31T23:00:00Z")), SizeIs(365));
}

TEST(BackfillPlan, IsNotBoundByTheDagsOwnDatesCatchupOrJitter) {
    core::Dag dag = daily();
    dag.start_date = at("2026-01-02");
    dag.end_date = at("2026-01-02T12:00:00Z");
    dag.schedule_jitter = hours(5);
    const auto request = span("2026-01-01", "2026-01-04");
    EXPECT_THAT(dates(dag, request), SizeIs(3));
    EXPECT_EQ(plan_backfill(dag, request, now)->front().run_after, at("2026-01-01T07:00:00Z"));
}

TEST(BackfillPlan, MayRunBackwards) {
    auto request = span("2026-01-01", "2026-01-03");
    request.run_backwards = true;
    EXPECT_THAT(
        dates(daily(), request), ElementsAre("2026-01-02T07:00:00Z", "2026-01-01T07:00:00Z")
    );
}

TEST(BackfillPlan, HoldsDataIntervalsWhereTheDagHasThem) {
    core::Dag dag = daily();
    dag.intervals.between_fires = true;
    const auto fires = plan_backfill(dag, span("2026-01-01", "2026-01-02T12:00:00Z"), now);
    ASSERT_TRUE(fires);
    ASSERT_THAT(*fires, SizeIs(2));
    EXPECT_EQ(fires->at(1).logical_date, at("2026-01-02T07:00:00Z"));
    EXPECT_EQ(fires->at(1).data_interval.end, at("2026-01-03T07:00:00Z"));
    EXPECT_EQ(fires->at(1).run_after, at("2026-01-03T07:00:00Z"));
}

TEST(BackfillPlan, LeavesOutWhatIsNotDueYet) {
    EXPECT_THAT(
        dates(daily(), span("2026-05-31", "2026-06-09")),
        ElementsAre("2026-05-31T07:00:00Z", "2026-06-01T07:00:00Z")
    );
}

TEST(BackfillPlan, TakesOtherSchedules) {
    core::Dag dag = daily();
    dag.schedule = core::DeltaSchedule{hours(36)};
    EXPECT_THAT(
        dates(dag, span("2026-01-01", "2026-01-03")),
        ElementsAre("2026-01-01T00:00:00Z", "2026-01-02T12:00:00Z")
    );
    dag.schedule = core::OnceSchedule{};
    EXPECT_THAT(dates(dag, span("2026-01-01", "2026-01-03")), ElementsAre("2026-01-01T00:00:00Z"));
}

TEST(BackfillPlan, RefusesADagWithoutFires) {
    core::Dag dag = daily();
    dag.schedule = core::NoSchedule{};
    EXPECT_THAT(refusal(dag, span("2026-01-01", "2026-01-02")), HasSubstr("has no schedule"));
    dag.schedule = core::ContinuousSchedule{};
    EXPECT_THAT(refusal(dag, span("2026-01-01", "2026-01-02")), HasSubstr("has no schedule"));
}

TEST(BackfillPlan, RefusesASpanThatHoldsNothing) {
    EXPECT_THAT(refusal(daily(), span("2026-01-02", "2026-01-01")), HasSubstr("is before"));
    EXPECT_THAT(refusal(daily(), span("2026-07-01", "2026-07-09")), HasSubstr("in the future"));
    EXPECT_THAT(
        refusal(daily(), span("2026-01-01T08:00:00Z", "2026-01-02T06:00:00Z")),
        HasSubstr("no fire from 2026-01-01T08:00:00+00:00")
    );
    auto none = span("2026-01-01", "2026-01-02");
    none.max_active_runs = 0;
    EXPECT_THAT(refusal(daily(), none), HasSubstr("at least 1"));
}

TEST(BackfillPlan, RefusesMoreFiresThanAnybodyCanWant) {
    core::Dag dag = daily();
    dag.schedule = core::CronSchedule{"* * * * *"};
    EXPECT_THAT(refusal(dag, span("2025-01-01", "2026-01-01")), HasSubstr("more than 100000"));
}

TEST(BackfillPlan, FollowsAirflowWhereTasksDependOnThePast) {
    core::Dag dag = daily();
    dag.tasks[0].depends_on_past = true;
    auto request = span("2026-01-01", "2026-01-03");
    EXPECT_THAT(refusal(dag, request), HasSubstr("set reprocess_behavior"));
    request.reprocess_behavior = ReprocessBehavior::failed;
    EXPECT_THAT(dates(dag, request), SizeIs(2));
    request.run_backwards = true;
    EXPECT_THAT(refusal(dag, request), HasSubstr("backwards"));
}

TEST(BackfillPlan, RunsAgainWhatItsBehaviorSays) {
    using enum ReprocessBehavior;
    EXPECT_EQ(reason_against(RunState::success, none), "already exists");
    EXPECT_EQ(reason_against(RunState::failed, none), "already exists");
    EXPECT_EQ(reason_against(RunState::success, failed), "already exists");
    EXPECT_EQ(reason_against(RunState::failed, failed), std::nullopt);
    EXPECT_EQ(reason_against(RunState::success, completed), std::nullopt);
    EXPECT_EQ(reason_against(RunState::failed, completed), std::nullopt);
    for (const auto behavior : {none, failed, completed}) {
        EXPECT_EQ(reason_against(RunState::running, behavior), "in flight");
        EXPECT_EQ(reason_against(RunState::queued, behavior), "in flight");
    }
}

TEST(BackfillRunIds, AreReserved) {
    TriggerRequest request;
    request.dag_id = core::DagId("d");
    for (const char* id : {"backfill__2026", "scheduled__2026"}) {
        request.run_id = core::RunId(id);
        EXPECT_THAT(
            requested_run(daily(), request, now).error().message, HasSubstr("is reserved for")
        );
    }
    request.run_id = core::RunId("my_backfill__2026");
    EXPECT_TRUE(requested_run(daily(), request, now));
}

}  // namespace
}  // namespace reel::scheduler
