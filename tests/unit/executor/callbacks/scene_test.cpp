#include <gmock/gmock.h>

#include "callback_fixture.hpp"

namespace reel::executor {
namespace {

using core::CallbackEvent;
using testing::HasSubstr;

class Scene : public CallbackTest {};

TEST_F(Scene, OfATaskHasItsContextAndWhatHasHappened) {
    const Json context = callback_context(scene);
    EXPECT_EQ(context["ds"], "2024-01-31");
    EXPECT_EQ(context["task"]["task_id"], "load");
    EXPECT_EQ(context["try_number"], 2);
    EXPECT_EQ(context["ti"]["state"], "failed");
    EXPECT_EQ(context["task_instance"]["state"], "failed");
    EXPECT_EQ(context["event"], "failure");
    EXPECT_EQ(context["exception"], "exit code 3");
    EXPECT_EQ(context["reason"], "exit code 3");
    EXPECT_EQ(context["dag_run"]["state"], "running");
    EXPECT_EQ(
        context["log_url"],
        "https://reel.example/dags/movies/runs/manual__1/tasks/load?try_number=2"
    );
    EXPECT_EQ(context["ti"]["log_url"], context["log_url"]);
}

TEST_F(Scene, TellsTheStateByWhatHasHappened) {
    const std::vector<std::pair<CallbackEvent, std::string>> table{
        {CallbackEvent::execute, "running"},
        {CallbackEvent::success, "success"},
        {CallbackEvent::failure, "failed"},
        {CallbackEvent::retry, "up_for_retry"},
        {CallbackEvent::skipped, "skipped"},
    };
    for (const auto& [event, state] : table) {
        scene.record.event = event;
        EXPECT_EQ(state_in(scene), state);
    }
}

TEST_F(Scene, TakesTimesFromTheTry) {
    EXPECT_TRUE(callback_context(scene)["ti"]["start_date"].is_null());
    scene.attempt = store::AttemptRecord{
        .attempt = 5,
        .key = scene.record.key,
        .try_number = 2,
        .start_date = a_date(),
        .end_date = a_date() + std::chrono::milliseconds(1500),
        .hostname = "worker-1"
    };
    const Json instance = callback_context(scene)["ti"];
    EXPECT_EQ(instance["start_date"], "2024-01-31T07:00:00+00:00");
    EXPECT_EQ(instance["duration"], 1.5);
    EXPECT_EQ(instance["hostname"], "worker-1");
}

TEST_F(Scene, OfARunHasNoTask) {
    be_of_run(CallbackEvent::failure, "task_failure");
    scene.run.state = core::RunState::running;
    scene.run.end_date = a_date();
    const Json context = callback_context(scene);
    EXPECT_FALSE(context.contains("ti"));
    EXPECT_FALSE(context.contains("task"));
    EXPECT_EQ(context["dag_run"]["state"], "failed");
    EXPECT_EQ(context["dag_run"]["end_date"], "2024-01-31T07:00:00+00:00");
    EXPECT_EQ(context["reason"], "task_failure");
    EXPECT_EQ(context["log_url"], "https://reel.example/dags/movies/runs/manual__1");
}

TEST_F(Scene, OfADeadlineTellsWhichAndHowTheRunStands) {
    core::Dag dag = *order.dag;
    dag.deadlines.push_back(
        {.reference = core::Deadline::Reference::dagrun_queued_at,
         .interval = std::chrono::minutes(30)}
    );
    scene.dag = std::make_shared<const core::Dag>(dag);
    be_of_run(CallbackEvent::deadline, "late");
    scene.run.state = core::RunState::running;
    const Json context = callback_context(scene);
    EXPECT_EQ(context["dag_run"]["state"], "running");
    EXPECT_EQ(context["deadline"]["reference"], "dagrun_queued_at");
    EXPECT_EQ(context["deadline"]["interval_seconds"], 1800.0);
}

TEST_F(Scene, NamesThePageOfAMappedInstanceWithEveryNameEncoded) {
    scene.record.key.run_id = core::RunId("scheduled__2024-01-31T07:00:00+00:00");
    scene.record.key.map_index = 4;
    EXPECT_EQ(
        page_url(scene),
        "https://reel.example/dags/movies/runs/scheduled__2024-01-31T07%3A00%3A00%2B00%3A00/tasks/"
        "load/mapped/4?try_number=2"
    );
}

TEST_F(Scene, HasWordsWhereTheCallbackHasNone) {
    EXPECT_EQ(default_title(scene), "Reel: task movies.load has failed");
    EXPECT_EQ(
        default_text(scene),
        "Task movies.load has failed\nReason: exit code 3\nRun: manual__1\nTry: 2\nLog: "
        "https://reel.example/dags/movies/runs/manual__1/tasks/load?try_number=2\n"
    );
    scene.record.key.map_index = 3;
    scene.record.event = CallbackEvent::retry;
    EXPECT_EQ(default_title(scene), "Reel: task movies.load[3] has failed and will be tried again");
    be_of_run(CallbackEvent::deadline);
    EXPECT_EQ(default_title(scene), "Reel: run manual__1 of DAG movies has missed its deadline");
    EXPECT_THAT(default_text(scene), testing::Not(HasSubstr("Reason")));
}

TEST_F(Scene, HasAPayloadWhereTheCallbackHasNone) {
    const Json payload = default_payload(scene);
    EXPECT_EQ(payload["event"], "failure");
    EXPECT_EQ(payload["dag_run_id"], "manual__1");
    EXPECT_EQ(payload["task_id"], "load");
    EXPECT_EQ(payload["try_number"], 2);
    EXPECT_EQ(payload["state"], "failed");
    be_of_run(CallbackEvent::success, "success");
    EXPECT_FALSE(default_payload(scene).contains("task_id"));
}

// --- from the store

class StoredScene : public CallbackTest {
  protected:
    StoredScene() {
        core::Dag dag = *order.dag;
        dag.version = "v1";
        dag.tasks[0].callbacks[CallbackEvent::failure] = {
            {.kind = core::CallbackKind::command, .args = {R"({"command": "one"})"}},
            {.kind = core::CallbackKind::slack, .args = {R"({"url": "two"})"}}
        };
        dag.callbacks[CallbackEvent::success] = {{.args = {R"({"command": "run"})"}}};
        dag.deadlines.resize(2);
        dag.deadlines[1].callbacks = {{.args = {R"({"command": "late"})"}}};
        store->save_dags({dag}, false, a_date());
        store::NewRun run{.run = order.run, .tasks = {{.key = order.key}}};
        run.run.dag_version = "v1";
        EXPECT_TRUE(store->commit({.new_runs = {run}}));
        record = scene.record;
        record.dag_version = "v1";
        record.position = 1;
    }
    std::string args_of(const store::CallbackRecord& which) {
        const auto loaded = load_scene(which, *store, "http://r").value();
        return find_callback(loaded).value().args.text;
    }
    store::CallbackRecord record;
};

TEST_F(StoredScene, FindsTheCallbackByItsPlace) {
    EXPECT_EQ(args_of(record), R"({"url": "two"})");
    record.position = 0;
    EXPECT_EQ(args_of(record), R"({"command": "one"})");
    record.key.task_id = core::TaskId("");
    record.event = CallbackEvent::success;
    EXPECT_EQ(args_of(record), R"({"command": "run"})");
    record.event = CallbackEvent::deadline;
    record.deadline = 1;
    EXPECT_EQ(args_of(record), R"({"command": "late"})");
}

TEST_F(StoredScene, IsOfTheVersionThatTheRecordNames) {
    core::Dag other = *order.dag;
    other.version = "v2";
    store->save_dags({other}, false, a_date());
    EXPECT_EQ(args_of(record), R"({"url": "two"})");
}

TEST_F(StoredScene, TellsWhatIsGone) {
    auto lost = record;
    lost.position = 2;
    EXPECT_FALSE(find_callback(load_scene(lost, *store, "").value()));
    lost.event = CallbackEvent::execute;
    EXPECT_FALSE(find_callback(load_scene(lost, *store, "").value()));
    lost.dag_version = "v0";
    EXPECT_FALSE(load_scene(lost, *store, ""));
    lost.key.run_id = core::RunId("none");
    const auto gone = load_scene(lost, *store, "");
    ASSERT_FALSE(gone);
    EXPECT_FALSE(may_mend(gone.error()));
}

TEST_F(StoredScene, KnowsTheTryThatItIsAbout) {
    const auto change = [&](core::TaskState from, core::TaskState to, int number, int attempt) {
        store::TaskInstanceRecord task{.key = order.key, .state = to, .try_number = number};
        task.attempt = attempt;
        task.hostname = "host-" + std::to_string(number);
        ASSERT_TRUE(store->commit({.tasks = {{.from = from, .after = task}}}));
    };
    using core::TaskState;
    change(TaskState::none, TaskState::scheduled, 0, 0);
    change(TaskState::scheduled, TaskState::queued, 1, 11);
    change(TaskState::queued, TaskState::running, 1, 11);
    change(TaskState::running, TaskState::up_for_retry, 1, 11);
    change(TaskState::up_for_retry, TaskState::scheduled, 1, 11);
    change(TaskState::scheduled, TaskState::queued, 2, 12);
    record.try_number = 1;
    EXPECT_EQ(load_scene(record, *store, "")->attempt->hostname, "host-1");
    record.try_number = 2;
    EXPECT_EQ(load_scene(record, *store, "")->attempt->attempt, 12);
    record.try_number = 3;
    EXPECT_EQ(load_scene(record, *store, "")->attempt, std::nullopt);
}

}  // namespace
}  // namespace reel::executor
