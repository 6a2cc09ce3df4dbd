#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using Names = std::vector<std::string>;

class TaskInstancesApi : public ApiTest {
  protected:
    TaskInstancesApi() {
        save(movies_dag());
        add_run("r1");
    }

    const std::string tasks_ = "/api/v2/dags/movies/dagRuns/r1/taskInstances";

    void run_task(const std::string& task_id, core::TaskState end) {
        change_task("r1", task_id, [&](store::TaskInstanceRecord& task) {
            task.state = core::TaskState::scheduled;
            task.scheduled_at = clock_.now();
        });
        change_task("r1", task_id, [&](store::TaskInstanceRecord& task) {
            task.state = core::TaskState::queued;
            task.queued_at = clock_.now();
            task.attempt = store_->reserve_attempts(1);
            task.try_number = 1;
        });
        change_task("r1", task_id, [&](store::TaskInstanceRecord& task) {
            task.state = core::TaskState::running;
            task.start_date = clock_.now();
            task.hostname = "here";
            task.pid = 42;
        });
        if (end == core::TaskState::running) return;
        clock_.advance(std::chrono::milliseconds(1500));
        change_task("r1", task_id, [&](store::TaskInstanceRecord& task) {
            task.state = end;
            task.end_date = clock_.now();
            task.rendered_map_index = "eu";
            task.message = end == core::TaskState::failed ? "exit code 3" : "";
        });
    }
    Names ids(const std::string& target) {
        Names names;
        for (const auto& task : get_json(target)["task_instances"]) {
            names.push_back(task["task_id"]);
        }
        return names;
    }
};

}  // namespace

TEST_F(TaskInstancesApi, GivesEveryRequiredField) {
    run_task("extract", core::TaskState::failed);
    const auto task = get_json(tasks_ + "/extract");
    for (const char* const name :
         {"dag_display_name",
          "dag_id",
          "dag_run_id",
          "executor_config",
          "id",
          "map_index",
          "max_tries",
          "pool",
          "pool_slots",
          "run_after",
          "task_display_name",
          "task_id",
          "try_number"}) {
        ASSERT_TRUE(task.contains(name)) << name;
        EXPECT_FALSE(task[name].is_null()) << name;
    }
    EXPECT_EQ(task["state"], "failed");
    EXPECT_EQ(task["duration"], 1.5);
    EXPECT_EQ(task["try_number"], 1);
    EXPECT_EQ(task["hostname"], "here");
    EXPECT_EQ(task["pid"], 42);
    EXPECT_EQ(task["operator"], "bash");
    EXPECT_EQ(task["message"], "exit code 3");
    EXPECT_EQ(task["rendered_map_index"], "eu");
    EXPECT_EQ(task["start_date"], "2026-01-01T00:00:00Z");
    EXPECT_EQ(task["id"].get<std::string>().size(), 36U);
    EXPECT_EQ(get_json(tasks_ + "/extract/-1"), task);
}

TEST_F(TaskInstancesApi, HasNoStateBeforeItsTurn) {
    const auto task = get_json(tasks_ + "/load");
    EXPECT_TRUE(task["state"].is_null());
    EXPECT_TRUE(task["duration"].is_null());
    EXPECT_TRUE(task["pid"].is_null());
    EXPECT_EQ(task["try_number"], 0);
}

TEST_F(TaskInstancesApi, ListsOfOneRunOrOfAll) {
    add_run("r2");
    run_task("clean", core::TaskState::success);
    EXPECT_EQ(ids(tasks_), (Names{"extract", "clean", "audit", "load"}));
    EXPECT_EQ(get_json("/api/v2/dags/~/dagRuns/~/taskInstances")["total_entries"], 8);
    EXPECT_EQ(
        get_json("/api/v2/dags/movies/dagRuns/~/taskInstances?limit=3")["task_instances"].size(), 3U
    );
    EXPECT_EQ(ids(tasks_ + "?state=success"), (Names{"clean"}));
    EXPECT_EQ(ids(tasks_ + "?state=no_status").size(), 3U);
    EXPECT_EQ(ids(tasks_ + "?task_id=load"), (Names{"load"}));
    EXPECT_EQ(ids(tasks_ + "?order_by=task_id&limit=2"), (Names{"audit", "clean"}));
    EXPECT_EQ(ids(tasks_ + "?order_by=-task_id&limit=2&offset=1"), (Names{"extract", "clean"}));
    EXPECT_EQ(ids(tasks_ + "?order_by=-start_date&limit=1"), (Names{"clean"}));
    EXPECT_EQ(ids(tasks_ + "?pool=other"), Names{});
    EXPECT_EQ(ids(tasks_ + "?map_index=-1&operator=bash&queue=default").size(), 4U);
    EXPECT_EQ(get_json(tasks_ + "?task_id=load")["total_entries"], 1);
}

TEST_F(TaskInstancesApi, RefusesWhatIsNotThere) {
    for (const char* const path :
         {"/api/v2/dags/movies/dagRuns/none/taskInstances",
          "/api/v2/dags/none/dagRuns/r1/taskInstances"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
    EXPECT_EQ(get(tasks_ + "/none").status, 404);
    EXPECT_EQ(get(tasks_ + "/a%2Fb").status, 404);
    EXPECT_EQ(get(tasks_ + "/load/7").status, 404);
    EXPECT_EQ(get(tasks_ + "/load/x").status, 422);
    EXPECT_EQ(get(tasks_ + "?state=odd").status, 422);
    EXPECT_EQ(get(tasks_ + "?order_by=odd").status, 422);
    EXPECT_EQ(get(tasks_ + "?duration_gte=1").status, 422);
}

TEST_F(TaskInstancesApi, ListsTries) {
    run_task("extract", core::TaskState::success);
    const auto tries = get_json(tasks_ + "/extract/tries");
    ASSERT_EQ(tries["total_entries"], 1);
    const auto& first = tries["task_instances"][0];
    EXPECT_EQ(first["try_number"], 1);
    EXPECT_EQ(first["state"], "success");
    for (const char* const name :
         {"dag_display_name",
          "dag_id",
          "dag_run_id",
          "executor_config",
          "map_index",
          "max_tries",
          "pool",
          "pool_slots",
          "task_display_name",
          "task_id",
          "try_number"}) {
        EXPECT_TRUE(first.contains(name)) << name;
    }
    EXPECT_EQ(get_json(tasks_ + "/extract/tries/1"), first);
    EXPECT_EQ(get_json(tasks_ + "/extract/-1/tries"), tries);
    EXPECT_EQ(get(tasks_ + "/extract/tries/2").status, 404);
    EXPECT_EQ(get(tasks_ + "/none/tries").status, 404);
    EXPECT_EQ(get_json(tasks_ + "/load/tries")["total_entries"], 0);
}

namespace {

class XComs : public TaskInstancesApi {
  protected:
    XComs() {
        push("return_value", R"({"rows": 7})");
        push("note", "\"text\"");
    }
    void push(const std::string& name, const std::string& value) {
        store::Commit commit;
        commit.xcoms.push_back(
            {.key = {core::DagId("movies"), core::RunId("r1"), core::TaskId("extract"), -1},
             .name = name,
             .value = {value},
             .at = clock_.now()}
        );
        ASSERT_TRUE(store_->commit(commit).has_value());
    }
};

}  // namespace

TEST_F(XComs, ListsWithoutTheirValues) {
    const auto listed = get_json(tasks_ + "/extract/xcomEntries");
    EXPECT_EQ(listed["total_entries"], 2);
    EXPECT_EQ(
        keys(listed["xcom_entries"][0]),
        (std::set<std::string>{
            "key",
            "timestamp",
            "logical_date",
            "run_after",
            "map_index",
            "task_id",
            "task_display_name",
            "dag_id",
            "dag_display_name",
            "run_id"
        })
    );
    EXPECT_EQ(get_json(tasks_ + "/extract/xcomEntries?xcom_key=note")["total_entries"], 1);
    EXPECT_EQ(get_json(tasks_ + "/extract/xcomEntries?map_index=3")["total_entries"], 0);
    EXPECT_EQ(get_json(tasks_ + "/load/xcomEntries")["total_entries"], 0);
    EXPECT_EQ(get("/api/v2/dags/movies/dagRuns/none/taskInstances/load/xcomEntries").status, 404);
    EXPECT_EQ(get(tasks_ + "/extract/xcomEntries?limit=x").status, 422);
}

TEST_F(XComs, GivesOneNativeOrAsText) {
    const auto native = get_json(tasks_ + "/extract/xcomEntries/return_value");
    EXPECT_EQ(native["value"]["rows"], 7);
    EXPECT_EQ(native["key"], "return_value");
    const auto text = get_json(tasks_ + "/extract/xcomEntries/return_value?stringify=true");
    EXPECT_TRUE(text["value"].is_string());
    EXPECT_EQ(get_json(tasks_ + "/extract/xcomEntries/note")["value"], "text");
    EXPECT_EQ(get(tasks_ + "/extract/xcomEntries/none").status, 404);
    EXPECT_EQ(get(tasks_ + "/extract/xcomEntries/note?map_index=1").status, 404);
    EXPECT_EQ(get(tasks_ + "/extract/xcomEntries/note?stringify=maybe").status, 422);
}

}  // namespace reel::api
