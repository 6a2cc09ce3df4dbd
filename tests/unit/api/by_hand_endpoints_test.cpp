#include <gmock/gmock.h>

#include "api_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ByHandEndpoints : public ApiTest {
  protected:
    ByHandEndpoints() {
        save(movies_dag());
        add_run("r1", core::RunState::failed);
    }

    json clear(const json& body, int status = 200) {
        return send_json("POST", "/api/v2/dags/movies/clearTaskInstances", body, status);
    }
    [[nodiscard]] const support::FakeRunControl::ByHand& wish() const {
        return control_.by_hand().back();
    }
    static constexpr const char* task = "/api/v2/dags/movies/dagRuns/r1/taskInstances/load";
};

}  // namespace

TEST_F(ByHandEndpoints, ClearIsADryRunOfWhatFailedUnlessToldOtherwise) {
    const json answer = clear({{"dag_run_id", "r1"}});
    EXPECT_EQ(answer["total_entries"], 4);
    EXPECT_TRUE(wish().dry_run);
    EXPECT_TRUE(wish().selection.only_failed);
    EXPECT_THAT(wish().selection.tasks, IsEmpty());
}

TEST_F(ByHandEndpoints, ClearTakesTasksInstancesAndTheirSurroundings) {
    clear(
        {{"dag_run_id", "r1"},
         {"task_ids", {"load", json::array({"extract", 3})}},
         {"include_upstream", true},
         {"include_downstream", true},
         {"only_failed", false},
         {"only_running", true},
         {"dry_run", false},
         {"reset_dag_runs", true}}
    );
    EXPECT_EQ(wish().verb, "clear");
    EXPECT_FALSE(wish().dry_run);
    ASSERT_THAT(wish().selection.tasks, SizeIs(2));
    EXPECT_EQ(wish().selection.tasks[0].task_id.str(), "load");
    EXPECT_FALSE(wish().selection.tasks[0].map_index);
    EXPECT_EQ(wish().selection.tasks[1].map_index, 3);
    EXPECT_TRUE(wish().selection.upstream && wish().selection.downstream);
    EXPECT_TRUE(wish().selection.only_running);
    EXPECT_FALSE(wish().selection.only_failed);
}

TEST_F(ByHandEndpoints, ClearWithoutARunMeansAllOfTheDatesGiven) {
    add_run("r2", core::RunState::success);
    clear({{"dry_run", true}});
    EXPECT_THAT(control_.by_hand(), SizeIs(2));
    clear({{"start_date", "2100-01-01"}});
    EXPECT_THAT(control_.by_hand(), SizeIs(2)) << "no run is that late";
}

TEST_F(ByHandEndpoints, ClearRefusesWhatItWouldNotDo) {
    clear({{"dag_run_id", "r1"}, {"run_on_latest_version", false}, {"reset_dag_runs", true}});
    clear({{"dag_run_id", "r1"}, {"run_on_latest_version", true}}, 422);
    clear({{"dag_run_id", "r1"}, {"reset_dag_runs", false}}, 422);
    const std::string run = "/api/v2/dags/movies/dagRuns/r1/clear";
    send_json("POST", run, {{"run_on_latest_version", true}}, 422);
}

TEST_F(ByHandEndpoints, ClearCanSpareWhatRuns) {
    const json wish{{"dag_run_id", "r1"}, {"dry_run", false}, {"prevent_running_task", true}};
    clear(wish);
    ASSERT_THAT(control_.by_hand(), SizeIs(1))
        << "nothing may begin between a question and the deed";
    EXPECT_FALSE(this->wish().dry_run);
    EXPECT_TRUE(this->wish().selection.refuse_running);
    control_.fail_next({.code = core::Errc::conflict, .message = "Task 'load' of run 'r1' is …"});
    const json answer = clear(wish, 409);
    EXPECT_THAT(answer["detail"].get<std::string>(), testing::HasSubstr("Task 'load' of run 'r1'"));
    clear({{"dag_run_id", "r1"}});
    EXPECT_FALSE(this->wish().selection.refuse_running);
}

TEST_F(ByHandEndpoints, ClearSaysWhatIsWrongWithItsBody) {
    EXPECT_EQ(clear({{"task_ids", "load"}}, 422)["detail"].size(), 1U);
    EXPECT_EQ(clear({{"task_ids", {1, json::array({"a"})}}}, 422)["detail"].size(), 2U);
    clear({{"include_past", true}}, 422);
    clear({{"dag_run_id", "nobody"}}, 404);
    send_json("POST", "/api/v2/dags/none/clearTaskInstances", json::object(), 404);
}

TEST_F(ByHandEndpoints, ARunIsClearedAsAWhole) {
    const json dry = send_json("POST", "/api/v2/dags/movies/dagRuns/r1/clear", json::object());
    EXPECT_EQ(dry["total_entries"], 4);
    const json run =
        send_json("POST", "/api/v2/dags/movies/dagRuns/r1/clear", {{"dry_run", false}});
    EXPECT_EQ(run["dag_run_id"], "r1");
    EXPECT_FALSE(wish().dry_run);
    EXPECT_FALSE(wish().selection.only_failed);
}

TEST_F(ByHandEndpoints, ATaskIsMarked) {
    const json answer =
        send_json("PATCH", task, {{"new_state", "success"}, {"include_downstream", true}});
    EXPECT_EQ(answer["task_instances"][0]["task_id"], "load");
    EXPECT_EQ(wish().verb, "mark");
    EXPECT_EQ(wish().state, core::TaskState::success);
    EXPECT_TRUE(wish().selection.downstream);
    EXPECT_FALSE(wish().dry_run);
    send_json("PATCH", std::string(task) + "/dry_run", {{"new_state", "failed"}});
    EXPECT_TRUE(wish().dry_run);
}

TEST_F(ByHandEndpoints, AMarkIsOneOfThree) {
    for (const char* state : {"running", "queued", "nonsense"}) {
        send_json("PATCH", task, {{"new_state", state}}, 422);
    }
    EXPECT_THAT(control_.by_hand(), IsEmpty());
}

TEST_F(ByHandEndpoints, AnInstanceIsNamedByItsMapIndex) {
    send_json("PATCH", std::string(task) + "/2/dry_run", {{"new_state", "failed"}});
    EXPECT_EQ(wish().selection.tasks.at(0).map_index, 2);
}

TEST_F(ByHandEndpoints, ATaskIsNotedWithoutBeingMarked) {
    send_json("PATCH", task, {{"note", "disk was full"}});
    ASSERT_THAT(control_.by_hand(), SizeIs(1));
    EXPECT_EQ(wish().verb, "note");
    EXPECT_EQ(wish().note, "disk was full");
}

TEST_F(ByHandEndpoints, WhatATaskWaitsForIsTold) {
    const json answer = get_json(std::string(task) + "/dependencies");
    EXPECT_EQ(answer["dependencies"][0]["name"], "Task Instance State");
    EXPECT_EQ(answer["dependencies"][0]["reason"], "it is none");
    get_json("/api/v2/dags/movies/dagRuns/r1/taskInstances/nobody/dependencies", 404);
}

}  // namespace reel::api
