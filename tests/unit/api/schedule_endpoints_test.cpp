#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

class ScheduleApi : public ApiTest {
  protected:
    void save(const std::string& dag_id, const core::Schedule& schedule, bool between = false) {
        core::Dag dag = movies_dag(dag_id);
        dag.schedule = schedule;
        dag.intervals.between_fires = between;
        dag.version = std::string(63, 'a') + (between ? "c" : "b");
        store_->save_dags({dag}, false, clock_.now());
    }
};

}  // namespace

TEST_F(ScheduleApi, ListsTheNextExecutions) {
    save("daily", core::CronSchedule{"0 7 * * *"}, true);
    const auto answer = get_json("/api/reel/v1/dags/daily/nextExecutions?limit=2");
    ASSERT_EQ(answer["total_entries"], 2);
    const auto& first = answer["next_executions"][0];
    // The latest whole interval is due at once.
    EXPECT_EQ(first["logical_date"], "2025-12-30T07:00:00Z");
    EXPECT_EQ(first["data_interval_end"], "2025-12-31T07:00:00Z");
    EXPECT_EQ(first["run_after"], "2025-12-31T07:00:00Z");
    EXPECT_EQ(answer["next_executions"][1]["run_after"], "2026-01-01T07:00:00Z");
}

TEST_F(ScheduleApi, OfAPeriodWithoutScheduleHasNoExecutions) {
    save("never", core::NoSchedule{});
    EXPECT_EQ(get_json("/api/reel/v1/dags/never/nextExecutions")["total_entries"], 0);
}

TEST_F(ScheduleApi, ListsTheFiresThatGaveNoRun) {
    save("daily", core::CronSchedule{"0 7 * * *"});
    const auto now = clock_.now();
    ASSERT_TRUE(store_->commit(
        {.skipped =
             {{.dag_id = core::DagId("daily"),
               .first = now,
               .last = now + std::chrono::hours(48),
               .count = 3,
               .recorded_at = now}}}
    ));
    const auto answer = get_json("/api/reel/v1/dags/daily/skippedFires");
    ASSERT_EQ(answer["total_entries"], 1);
    EXPECT_EQ(
        answer["skipped_fires"][0],
        nlohmann::json(
            {{"dag_id", "daily"},
             {"first", "2026-01-01T00:00:00Z"},
             {"last", "2026-01-03T00:00:00Z"},
             {"count", 3},
             {"recorded_at", "2026-01-01T00:00:00Z"}}
        )
    );
}

TEST_F(ScheduleApi, TellsTheIntervalOfTheNextRun) {
    save("daily", core::CronSchedule{"0 7 * * *"}, true);
    store_->set_next_runs({{core::DagId("daily"), clock_.now() + std::chrono::hours(7)}});
    const auto dag = get_json("/api/v2/dags/daily");
    EXPECT_EQ(dag["next_dagrun_run_after"], "2026-01-01T07:00:00Z");
    EXPECT_EQ(dag["next_dagrun_logical_date"], "2025-12-31T07:00:00Z");
    EXPECT_EQ(dag["next_dagrun_data_interval_start"], "2025-12-31T07:00:00Z");
    EXPECT_EQ(dag["next_dagrun_data_interval_end"], "2026-01-01T07:00:00Z");
}

}  // namespace reel::api
