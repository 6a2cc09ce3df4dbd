#include "scheduler/run_ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/manual_clock.hpp"

namespace reel::scheduler {
namespace {

using ::testing::HasSubstr;

class IdsOfRuns : public ::testing::Test {
  protected:
    IdsOfRuns() { request.dag_id = core::DagId("d"); }

    [[nodiscard]] core::Result<store::RunRecord> made() const {
        return requested_run(core::Dag(), request, clock.now());
    }

    support::ManualClock clock;
    TriggerRequest request;
};

TEST_F(IdsOfRuns, OfAManualRunTellWhenItIsDue) {
    EXPECT_EQ(made()->run_id, core::RunId("manual__2026-01-01T00:00:00+00:00"));
    EXPECT_EQ(made()->type, core::RunType::manual);
    request.logical_date = clock.now() + std::chrono::hours(1);
    EXPECT_EQ(made()->run_id, core::RunId("manual__2026-01-01T01:00:00+00:00"));
}

TEST_F(IdsOfRuns, OfAMaterializationSayWhatItIs) {
    request.type = core::RunType::asset_materialization;
    EXPECT_EQ(made()->run_id, core::RunId("asset_materialization__2026-01-01T00:00:00+00:00"));
    EXPECT_EQ(made()->type, core::RunType::asset_materialization);
    request.run_id = core::RunId("mine");
    EXPECT_EQ(made()->run_id, core::RunId("mine"));
}

TEST_F(IdsOfRuns, ThatTheSchedulerMakesAreNotForPeople) {
    for (const char* word : {"scheduled", "asset_triggered"}) {
        request.run_id = core::RunId(std::string(word) + "__x");
        const auto run = made();
        ASSERT_FALSE(run) << word;
        EXPECT_EQ(run.error().code, core::Errc::invalid_argument);
        EXPECT_THAT(run.error().message, HasSubstr(std::string("reserved for ") + word));
    }
    request.run_id = core::RunId("asset_triggered");
    EXPECT_TRUE(made()) << "only with what comes behind it";
}

TEST_F(IdsOfRuns, OfRunsThatEventsStartNeverMeet) {
    const core::DagId dag("d");
    const auto one = asset_triggered_run(dag, 7, clock.now());
    const auto other = asset_triggered_run(dag, 8, clock.now());
    EXPECT_EQ(one.run_id, core::RunId("asset_triggered__2026-01-01T00:00:00+00:00_7"));
    EXPECT_NE(one.run_id, other.run_id);
    EXPECT_TRUE(core::is_valid_run_id(one.run_id.str()));
    EXPECT_EQ(one.type, core::RunType::asset_triggered);
    EXPECT_EQ(one.triggered_by, core::TriggeredBy::asset);
    EXPECT_FALSE(one.logical_date);
    EXPECT_FALSE(one.data_interval);
    EXPECT_EQ(one.run_after, clock.now());
    EXPECT_EQ(one.conf.text, "{}");
}

TEST_F(IdsOfRuns, OfATickTellItsLogicalDate) {
    const core::Timestamp at = clock.now();
    const auto run = scheduled_run(core::DagId("d"), {at, {at, at}, at}, at);
    EXPECT_EQ(run.run_id, core::RunId("scheduled__2026-01-01T00:00:00+00:00"));
    EXPECT_EQ(run.triggered_by, core::TriggeredBy::timetable);
}

}  // namespace
}  // namespace reel::scheduler
