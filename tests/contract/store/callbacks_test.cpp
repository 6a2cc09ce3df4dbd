#include "fixture.hpp"

namespace reel::store {
namespace {

using core::CallbackEvent;

class Callbacks : public RunStoreContract {
  protected:
    static CallbackRecord a_call(
        std::int64_t id, const std::string& task = "load", const std::string& run = "r"
    ) {
        CallbackRecord record;
        record.id = id;
        record.key = key_of("d", run, task);
        record.try_number = task.empty() ? 0 : 2;
        record.event = CallbackEvent::failure;
        record.position = 1;
        record.kind = core::CallbackKind::slack;
        record.dag_version = "v1";
        record.reason = "exit code 3: it's \"bad\"";
        record.created_at = at(1, 7);
        record.next_try_at = at(1, 7);
        return record;
    }
    static CallbackRecord a_deadline(std::int64_t id, int deadline, const std::string& run = "r") {
        CallbackRecord record = a_call(id, "", run);
        record.event = CallbackEvent::deadline;
        record.deadline = deadline;
        return record;
    }
    void SetUp() override {
        RunStoreContract::SetUp();
        save_dag("d");
        start_run("d", "r");
    }
    std::vector<CallbackRecord> all() { return store->list_callbacks({}).items; }
    static CallbackRecord ended(CallbackRecord record, CallbackState state, core::Timestamp when) {
        record.state = state;
        record.tries = 3;
        record.next_try_at.reset();
        record.ended_at = when;
        record.error = state == CallbackState::failed ? "HTTP 500" : "";
        return record;
    }
};

TEST_P(Callbacks, AreGivenBackAsTheyWereCommitted) {
    const auto of_task = a_call(1);
    const auto of_run = a_call(2, "");
    const auto of_deadline = a_deadline(3, 4);
    ASSERT_TRUE(store->commit({.callbacks = {of_task, of_run, of_deadline}}));
    EXPECT_EQ(all(), (std::vector{of_task, of_run, of_deadline}));
    EXPECT_EQ(store->last_callback_id(), 3);
}

TEST_P(Callbacks, OfNobodyAreNone) {
    EXPECT_TRUE(all().empty());
    EXPECT_EQ(store->last_callback_id(), 0);
    EXPECT_EQ(store->next_callback_due(), std::nullopt);
    EXPECT_TRUE(store->due_callbacks(at(100), 10).empty());
    store->update_callback(a_call(7));
    EXPECT_TRUE(all().empty()) << "one that is gone stays so";
}

TEST_P(Callbacks, ComeWithTheChangeThatTheyAreAboutOrNotAtAll) {
    const auto task = store->get_task_instance(key_of("d", "r", "load")).value();
    TaskChange good{.from = core::TaskState::none, .after = task};
    good.after.state = core::TaskState::scheduled;
    TaskChange wrong = good;
    wrong.from = core::TaskState::running;
    EXPECT_EQ(
        code_of(store->commit({.tasks = {wrong}, .callbacks = {a_call(1)}})), core::Errc::conflict
    );
    EXPECT_TRUE(all().empty());
    EXPECT_TRUE(store->commit({.tasks = {good}, .callbacks = {a_call(1)}}));
    EXPECT_EQ(all().size(), 1U);
}

TEST_P(Callbacks, OfACommitThatIsAppliedTwiceAreThereOnce) {
    const auto task = store->get_task_instance(key_of("d", "r", "load")).value();
    Commit commit{
        .tasks = {{.from = core::TaskState::none, .after = task}},
        .callbacks = {a_call(1), a_call(2)}
    };
    commit.tasks[0].after.state = core::TaskState::scheduled;
    ASSERT_TRUE(store->commit(commit));
    // Somebody has called meanwhile.
    const auto done = ended(a_call(1), CallbackState::success, at(2));
    store->update_callback(done);
    ASSERT_TRUE(store->commit(commit));
    EXPECT_EQ(all(), (std::vector{done, a_call(2)}));
}

TEST_P(Callbacks, OfARunThatBeginsAndEndsInOneCommitAreStoredWithIt) {
    const NewRun run = a_run("d", "short", 5);
    ASSERT_TRUE(store->commit({.new_runs = {run}, .callbacks = {a_call(1, "", "short")}}));
    EXPECT_EQ(all().size(), 1U);
}

TEST_P(Callbacks, OfARunThatIsNotThereAreRefused) {
    EXPECT_EQ(
        code_of(store->commit({.callbacks = {a_call(1, "load", "none")}})), core::Errc::not_found
    );
    EXPECT_TRUE(all().empty());
}

TEST_P(Callbacks, AreDueInTheOrderOfTheirTimes) {
    auto late = a_call(1);
    late.next_try_at = at(9);
    auto second = a_call(2);
    second.next_try_at = at(3);
    auto first = a_call(3);
    first.next_try_at = at(2);
    auto same = a_call(4);
    same.next_try_at = at(3);
    auto passed_over = a_deadline(5, 0);
    passed_over.state = CallbackState::skipped;
    passed_over.next_try_at.reset();
    passed_over.ended_at = at(1);
    ASSERT_TRUE(store->commit({.callbacks = {late, second, first, same, passed_over}}));
    EXPECT_EQ(store->due_callbacks(at(3), 10), (std::vector{first, second, same}));
    EXPECT_EQ(store->due_callbacks(at(3), 2), (std::vector{first, second}));
    EXPECT_EQ(store->due_callbacks(at(2, -1), 10).size(), 0U);
    EXPECT_EQ(store->next_callback_due(), at(2));
}

TEST_P(Callbacks, KeepWhatBecameOfATry) {
    ASSERT_TRUE(store->commit({.callbacks = {a_call(1), a_call(2)}}));
    auto again = a_call(1);
    again.tries = 1;
    again.next_try_at = at(5);
    again.error = "HTTP 503";
    store->update_callback(again);
    const auto given_up = ended(a_call(2), CallbackState::failed, at(6));
    store->update_callback(given_up);
    EXPECT_EQ(all(), (std::vector{again, given_up}));
    EXPECT_EQ(store->next_callback_due(), at(5));
    store->update_callback(ended(again, CallbackState::success, at(5)));
    EXPECT_EQ(store->next_callback_due(), std::nullopt);
}

TEST_P(Callbacks, AnUpdateDoesNotTouchWhatTheyAreAbout) {
    ASSERT_TRUE(store->commit({.callbacks = {a_call(1)}}));
    auto changed = ended(a_call(1), CallbackState::success, at(5));
    auto other = changed;
    other.reason = "something else";
    other.position = 9;
    store->update_callback(other);
    EXPECT_EQ(all(), (std::vector{changed}));
}

TEST_P(Callbacks, AreListedByWhatIsAskedFor) {
    save_dag("e");
    start_run("e", "r");
    start_run("d", "s", 3);
    auto other_dag = a_call(1);
    other_dag.key.dag_id = core::DagId("e");
    const auto other_run = a_call(2, "load", "s");
    auto success = a_call(3);
    success.event = CallbackEvent::success;
    const auto of_run = a_call(4, "");
    ASSERT_TRUE(store->commit({.callbacks = {other_dag, other_run, success, of_run}}));
    store->update_callback(ended(success, CallbackState::success, at(4)));
    const auto ids = [&](const CallbackFilter& filter) {
        std::vector<std::int64_t> found;
        for (const auto& each : store->list_callbacks(filter).items) found.push_back(each.id);
        return found;
    };
    using Ids = std::vector<std::int64_t>;
    EXPECT_EQ(ids({.dag_id = core::DagId("d")}), (Ids{2, 3, 4}));
    EXPECT_EQ(ids({.dag_id = core::DagId("d"), .run_id = core::RunId("s")}), (Ids{2}));
    EXPECT_EQ(ids({.task_id = core::TaskId("load")}), (Ids{1, 2, 3}));
    EXPECT_EQ(ids({.task_id = core::TaskId("")}), (Ids{4}));
    EXPECT_EQ(ids({.events = {CallbackEvent::success, CallbackEvent::retry}}), (Ids{3}));
    EXPECT_EQ(ids({.states = {CallbackState::pending}}), (Ids{1, 2, 4}));
    EXPECT_EQ(ids({.descending = true}), (Ids{4, 3, 2, 1}));
    const auto page =
        store->list_callbacks({.page = {.limit = 1, .offset = 1}, .descending = true});
    EXPECT_EQ(page.total, 4U);
    EXPECT_EQ(page.items.at(0).id, 3);
}

TEST_P(Callbacks, GoWithTheirRunAndTheirDag) {
    save_dag("e");
    start_run("e", "r");
    auto other = a_call(1);
    other.key.dag_id = core::DagId("e");
    ASSERT_TRUE(store->commit({.callbacks = {other, a_call(2)}}));
    const auto end_run = [&](const char* dag_id) {
        RunRecord run = store->get_run(core::DagId(dag_id), core::RunId("r")).value();
        RunChange change{.from = run.state, .after = run};
        change.after.state = core::RunState::running;
        ASSERT_TRUE(store->commit({.runs = {change}}));
        change = {.from = core::RunState::running, .after = change.after};
        change.after.state = core::RunState::failed;
        change.after.end_date = at(2);
        ASSERT_TRUE(store->commit({.runs = {change}}));
    };
    end_run("d");
    end_run("e");
    store->delete_runs({{core::DagId("d"), core::RunId("r")}});
    EXPECT_EQ(all(), (std::vector{other}));
    ASSERT_TRUE(store->delete_dag(core::DagId("e")));
    EXPECT_TRUE(all().empty());
}

TEST_P(Callbacks, ThatAreOldGoWhenTheirRunHasEnded) {
    start_run("d", "over", 3);
    RunRecord run = store->get_run(core::DagId("d"), core::RunId("over")).value();
    RunChange change{.from = run.state, .after = run};
    change.after.state = core::RunState::running;
    ASSERT_TRUE(store->commit({.runs = {change}}));
    change.from = core::RunState::running;
    change.after.state = core::RunState::success;
    ASSERT_TRUE(store->commit({.runs = {change}}));
    ASSERT_TRUE(store->commit(
        {.callbacks =
             {a_deadline(1, 0),
              a_call(2, "load", "over"),
              a_call(3, "load", "over"),
              a_call(4, "load", "over")}}
    ));
    store->update_callback(ended(a_deadline(1, 0), CallbackState::success, at(2)));
    store->update_callback(ended(a_call(2, "load", "over"), CallbackState::success, at(2)));
    store->update_callback(ended(a_call(3, "load", "over"), CallbackState::failed, at(8)));
    EXPECT_EQ(store->count_expired(Remains::callback, at(5)), 1U);
    EXPECT_EQ(store->delete_expired({Remains::callback, at(5), 10}).removed, 1U);
    const auto left = all();
    ASSERT_EQ(left.size(), 3U) << "one of an active run, one that is young, one that is pending";
    EXPECT_EQ(left[0].id, 1);
    EXPECT_EQ(left[1].id, 3);
    EXPECT_EQ(store->delete_expired({Remains::callback, at(50), 1}).removed, 1U);
}

TEST_P(Callbacks, OfDeadlinesAreKnownToWhoTakesTheRunUp) {
    core::Dag dag = a_dag("d", "v2");
    dag.deadlines.resize(3);
    store->save_dags({dag}, false, at(0));
    NewRun run = a_run("d", "q", 4);
    run.run.dag_version = "v2";
    ASSERT_TRUE(store->commit(
        {.new_runs = {run},
         .callbacks =
             {a_deadline(1, 2, "q"),
              a_deadline(2, 2, "q"),
              a_deadline(3, 0, "q"),
              a_call(4, "", "q")}}
    ));
    const auto loaded = store->load_run(core::DagId("d"), core::RunId("q")).value();
    EXPECT_EQ(loaded.called_deadlines, (std::set<int>{0, 2}));
    for (const ActiveRun& active : store->load_active()) {
        const bool is_it = active.run.run_id == core::RunId("q");
        EXPECT_EQ(active.called_deadlines.size(), is_it ? 2U : 0U);
    }
}

TEST_P(Callbacks, TextThatPostgresCannotHoldIsNoReasonToRefuseThem) {
    auto record = a_call(1);
    record.reason = std::string("a\0b\xff", 4);
    ASSERT_TRUE(store->commit({.callbacks = {record}}));
    record.error = std::string("c\0", 2);
    store->update_callback(record);
    EXPECT_EQ(all().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Stores, Callbacks, testing::Values("memory", "postgres"));

}  // namespace
}  // namespace reel::store
