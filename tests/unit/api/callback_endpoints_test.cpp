#include <gmock/gmock.h>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CallbackApi : public ApiTest {
  protected:
    CallbackApi() {
        save(movies_dag());
        add_run("r1");
        add_run("r2");
    }

    void add(
        std::int64_t id,
        const std::string& task,
        core::CallbackEvent event,
        const std::string& run = "r1"
    ) {
        store::CallbackRecord record;
        record.id = id;
        record.key = {core::DagId("movies"), core::RunId(run), core::TaskId(task), -1};
        record.try_number = task.empty() ? 0 : 2;
        record.event = event;
        record.kind = core::CallbackKind::slack;
        record.created_at = clock_.now();
        record.next_try_at = clock_.now();
        ASSERT_TRUE(store_->commit({.callbacks = {record}}));
    }
    std::vector<int> ids(const std::string& query) {
        std::vector<int> found;
        for (const auto& item : get_json("/api/reel/v1/callbacks" + query)["callbacks"]) {
            found.push_back(item["id"].get<int>());
        }
        return found;
    }
};

}  // namespace

TEST_F(CallbackApi, ShowsEveryFieldOfATasksCall) {
    store::CallbackRecord record;
    record.id = 7;
    record.key = {core::DagId("movies"), core::RunId("r1"), core::TaskId("load"), 3};
    record.try_number = 2;
    record.event = core::CallbackEvent::failure;
    record.position = 1;
    record.kind = core::CallbackKind::email;
    record.reason = "exit code 3";
    record.created_at = clock_.now();
    record.next_try_at = clock_.now();
    ASSERT_TRUE(store_->commit({.callbacks = {record}}));
    record.tries = 1;
    record.error = "no answer";
    record.next_try_at = clock_.now() + std::chrono::seconds(10);
    store_->update_callback(record);
    const auto answer = get_json("/api/reel/v1/callbacks");
    EXPECT_EQ(answer["total_entries"], 1);
    EXPECT_EQ(
        answer["callbacks"][0],
        nlohmann::json(
            {{"id", 7},
             {"dag_id", "movies"},
             {"dag_run_id", "r1"},
             {"task_id", "load"},
             {"map_index", 3},
             {"try_number", 2},
             {"event", "failure"},
             {"deadline", nullptr},
             {"position", 1},
             {"kind", "email"},
             {"reason", "exit code 3"},
             {"created_at", "2026-01-01T00:00:00Z"},
             {"state", "pending"},
             {"tries", 1},
             {"next_try_at", "2026-01-01T00:00:10Z"},
             {"ended_at", nullptr},
             {"error", "no answer"}}
        )
    );
}

TEST_F(CallbackApi, ShowsWhatARunCallsWithoutATask) {
    add(1, "", core::CallbackEvent::deadline);
    const auto call = get_json("/api/reel/v1/callbacks")["callbacks"][0];
    EXPECT_EQ(call["task_id"], nullptr);
    EXPECT_EQ(call["try_number"], nullptr);
    EXPECT_EQ(call["deadline"], 0);
}

TEST_F(CallbackApi, ListsThoseThatAreAskedFor) {
    add(1, "load", core::CallbackEvent::failure);
    add(2, "", core::CallbackEvent::success);
    add(3, "clean", core::CallbackEvent::retry, "r2");
    auto done = store_->list_callbacks({}).items.at(1);
    done.state = store::CallbackState::failed;
    done.next_try_at.reset();
    done.ended_at = clock_.now();
    store_->update_callback(done);
    EXPECT_THAT(ids(""), ElementsAre(1, 2, 3));
    EXPECT_THAT(ids("?order_by=-id"), ElementsAre(3, 2, 1));
    EXPECT_THAT(ids("?dag_id=movies&dag_run_id=r1"), ElementsAre(1, 2));
    EXPECT_THAT(ids("?dag_id=none"), IsEmpty());
    EXPECT_THAT(ids("?task_id=clean"), ElementsAre(3));
    EXPECT_THAT(ids("?event=retry&event=failure"), ElementsAre(1, 3));
    EXPECT_THAT(ids("?state=failed"), ElementsAre(2));
    EXPECT_THAT(ids("?limit=1&offset=1"), ElementsAre(2));
    EXPECT_EQ(get_json("/api/reel/v1/callbacks?limit=1")["total_entries"], 3);
}

TEST_F(CallbackApi, RefusesWordsThatAreNone) {
    for (const char* query :
         {"?state=running", "?event=sla", "?order_by=dag_id", "?limit=x", "?what=1"}) {
        EXPECT_EQ(get("/api/reel/v1/callbacks" + std::string(query)).status, 422) << query;
    }
}

TEST_F(CallbackApi, ADagTellsItsLimitOfFailures) {
    core::Dag dag = movies_dag("limited");
    dag.max_consecutive_failed_dag_runs = 3;
    save(dag);
    EXPECT_EQ(get_json("/api/v2/dags/limited")["max_consecutive_failed_dag_runs"], 3);
    EXPECT_EQ(get_json("/api/v2/dags/limited/details")["max_consecutive_failed_dag_runs"], 3);
    EXPECT_EQ(get_json("/api/v2/dags/movies")["max_consecutive_failed_dag_runs"], 0);
}

}  // namespace reel::api
