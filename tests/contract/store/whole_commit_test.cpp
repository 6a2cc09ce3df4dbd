#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::DagId;
using core::Errc;
using core::RunId;
using core::RunState;
using core::TaskState;

/// A commit that does one thing of each kind, on what begin() made.
Commit a_good_commit(const NewRun& there) {
    Commit commit;
    commit.new_runs.push_back(a_run("movies", "added", 9));
    commit.runs.push_back({RunState::queued, there.run});
    commit.runs[0].after.state = RunState::running;
    commit.tasks.push_back({TaskState::none, there.tasks[0]});
    commit.tasks[0].after.state = TaskState::queued;
    commit.tasks[0].after.attempt = 5;
    commit.tasks[0].after.queued_at = at(1);
    commit.xcoms.push_back({there.tasks[0].key, "return_value", {"1"}, at(1)});
    return commit;
}

/// What is wrong with the commit, and what that is called.
struct Flaw {
    const char* name;
    Errc code;
    void (*spoil)(Commit&);
};

const Flaw flaws[] = {
    {"a run of an unknown DAG",
     Errc::not_found,
     [](Commit& commit) { commit.new_runs.push_back(a_run("nobody", "x", 3)); }},
    {"a run of an unknown version",
     Errc::not_found,
     [](Commit& commit) {
         commit.new_runs.push_back(a_run("movies", "x", 3));
         commit.new_runs.back().run.dag_version = "v9";
     }},
    {"a run with a taken id",
     Errc::already_exists,
     [](Commit& commit) { commit.new_runs.push_back(a_run("movies", "there", 3)); }},
    {"a run with a taken date",
     Errc::already_exists,
     [](Commit& commit) { commit.new_runs.push_back(a_run("movies", "x", 1)); }},
    {"a run made twice",
     Errc::already_exists,
     [](Commit& commit) { commit.new_runs.push_back(a_run("movies", "added", 9)); }},
    {"a change of an unknown run",
     Errc::not_found,
     [](Commit& commit) {
         commit.runs.push_back({RunState::queued, a_run("movies", "missing", 3).run});
     }},
    {"a run in another state",
     Errc::conflict,
     [](Commit& commit) { commit.runs[0].from = RunState::failed; }},
    {"a change of an unknown task",
     Errc::not_found,
     [](Commit& commit) {
         commit.tasks.push_back({TaskState::none, commit.tasks[0].after});
         commit.tasks.back().after.key.task_id = core::TaskId("missing");
         commit.tasks.back().after.attempt = 0;
         commit.tasks.back().after.state = TaskState::scheduled;
     }},
    {"a task in another state",
     Errc::conflict,
     [](Commit& commit) { commit.tasks[0].from = TaskState::running; }},
    {"an XCom of an unknown task",
     Errc::not_found,
     [](Commit& commit) {
         commit.xcoms.push_back({key_of("movies", "there", "missing"), "x", {"1"}, at(1)});
     }},
    {"an XCom of an unknown run",
     Errc::not_found,
     [](Commit& commit) {
         commit.xcoms.push_back({key_of("movies", "missing", "load"), "x", {"1"}, at(1)});
     }},
    {"a run that moves to an unknown version",
     Errc::not_found,
     [](Commit& commit) { commit.runs[0].after.dag_version = "v9"; }},
    {"a run that moves to another date",
     Errc::conflict,
     [](Commit& commit) { commit.runs[0].after.logical_date = at(7); }},
    {"a run that loses its date",
     Errc::conflict,
     [](Commit& commit) { commit.runs[0].after.logical_date.reset(); }},
    {"a new run with a task twice",
     Errc::invalid_argument,
     [](Commit& commit) { commit.new_runs[0].tasks.push_back(commit.new_runs[0].tasks[0]); }},
    {"a new run with a task of another run",
     Errc::invalid_argument,
     [](Commit& commit) { commit.new_runs[0].tasks[0].key = key_of("movies", "there", "extra"); }},
    {"a new task with an impossible map index",
     Errc::invalid_argument,
     [](Commit& commit) { commit.new_runs[0].tasks[0].key.map_index = -2; }},
    {"a task of a negative try",
     Errc::invalid_argument,
     [](Commit& commit) { commit.tasks[0].after.try_number = -1; }},
    {"a task with a negative number of tries",
     Errc::invalid_argument,
     [](Commit& commit) { commit.tasks[0].after.max_tries = -1; }},
    {"a negative attempt",
     Errc::invalid_argument,
     [](Commit& commit) { commit.tasks[0].after.attempt = -5; }},
    {"one attempt for two tasks",
     Errc::conflict,
     [](Commit& commit) {
         commit.tasks.push_back(commit.tasks[0]);
         commit.tasks.back().after.key.task_id = core::TaskId("load");
     }},
    {"an attempt of a task that its run never had",
     Errc::not_found,
     [](Commit& commit) {
         // The run is there already, just so: what is made with it is taken to be there too.
         commit.new_runs.push_back({.run = a_run("movies", "there", 1).run, .tasks = {}});
         commit.new_runs.back().tasks = {commit.tasks[0].after};
         commit.new_runs.back().tasks[0].key.task_id = core::TaskId("missing");
         commit.new_runs.back().tasks[0].state = TaskState::none;
         commit.runs.clear();
         commit.tasks[0].after.key.task_id = core::TaskId("missing");
         commit.tasks[0].after.state = TaskState::deferred;
     }},
    {"a missing version behind a taken id: the first of two flaws",
     Errc::already_exists,
     [](Commit& commit) {
         commit.runs.clear();
         commit.new_runs.push_back(a_run("movies", "there", 3));
         commit.new_runs.push_back(a_run("nobody", "x", 3));
     }},
    {"a taken id behind a missing version: the first of two flaws",
     Errc::not_found,
     [](Commit& commit) {
         commit.runs.clear();
         commit.new_runs.push_back(a_run("nobody", "x", 3));
         commit.new_runs.push_back(a_run("movies", "there", 3));
     }},
};

TEST_P(RunStoreContract, OfACommitWithAnyFlawNothingIsWritten) {
    save_dag("movies");
    const NewRun there = start_run("movies", "there", 1);
    for (const Flaw& flaw : flaws) {
        SCOPED_TRACE(flaw.name);
        Commit commit = a_good_commit(there);
        flaw.spoil(commit);
        EXPECT_EQ(code_of(store->commit(commit)), flaw.code);
        EXPECT_EQ(store->list_runs({}).total, 1U);
        EXPECT_EQ(store->get_run(DagId("movies"), RunId("there")).value(), there.run);
        EXPECT_EQ(store->get_task_instance(there.tasks[0].key).value(), there.tasks[0]);
        EXPECT_TRUE(store->list_attempts(there.tasks[0].key).empty());
        EXPECT_TRUE(store->list_xcoms(DagId("movies"), RunId("there")).empty());
    }
    EXPECT_TRUE(store->commit(a_good_commit(there))) << "the commit itself was good";
}

TEST_P(RunStoreContract, AnAttemptStaysWithItsTaskForEver) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    const TaskInstanceRecord owner =
        change(change(run.tasks[0], TaskState::queued, 5), TaskState::success);
    TaskInstanceRecord thief = run.tasks[1];
    thief.state = TaskState::deferred;
    thief.attempt = 5;
    const auto committed = store->commit({.tasks = {{TaskState::none, thief}}});
    ASSERT_EQ(code_of(committed), Errc::conflict);
    EXPECT_EQ(committed.error().message, "attempt 5 is of another task than movies/r1/load");
    EXPECT_EQ(store->list_attempts(owner.key).size(), 1U);
    EXPECT_TRUE(store->list_attempts(thief.key).empty());
    EXPECT_EQ(store->get_task_instance(thief.key).value(), run.tasks[1]);
}

TEST_P(RunStoreContract, ARunMayMoveToAnotherVersionOfItsDag) {
    save_dag("movies", "v1");
    save_dag("movies", "v2");
    RunRecord run = start_run("movies", "r1").run;
    run.dag_version = "v2";
    run.version_number = 2;
    ASSERT_TRUE(store->commit({.runs = {{RunState::queued, run}}}));
    EXPECT_EQ(store->load_active().at(0).dag.version, "v2");
}

TEST_P(RunStoreContract, OfAGoodCommitEverythingIsWrittenOnceHoweverOften) {
    save_dag("movies");
    const NewRun there = start_run("movies", "there", 1);
    const Commit commit = a_good_commit(there);
    for (int time = 0; time < 3; ++time) {
        ASSERT_TRUE(store->commit(commit)) << time;
        EXPECT_EQ(store->list_runs({}).total, 2U);
        EXPECT_EQ(store->list_task_instances({}).total, 4U);
        EXPECT_EQ(store->get_run(DagId("movies"), RunId("there")).value(), commit.runs[0].after);
        EXPECT_EQ(store->get_task_instance(there.tasks[0].key).value(), commit.tasks[0].after);
        EXPECT_EQ(store->list_attempts(there.tasks[0].key).size(), 1U);
        EXPECT_EQ(store->list_xcoms(DagId("movies"), RunId("there")).size(), 1U);
    }
}

TEST_P(RunStoreContract, ACommitThatCameTooLateIsNoRepetition) {
    save_dag("movies");
    const NewRun there = start_run("movies", "there", 1);
    const Commit commit = a_good_commit(there);
    ASSERT_TRUE(store->commit(commit));
    TaskInstanceRecord running = commit.tasks[0].after;
    running.state = TaskState::running;
    ASSERT_TRUE(store->commit({.tasks = {{TaskState::queued, running}}}));
    EXPECT_EQ(code_of(store->commit(commit)), Errc::conflict);
    EXPECT_EQ(store->get_task_instance(running.key).value(), running);
}

TEST_P(RunStoreContract, XComsOfEveryJsonValueAreKeptAsTheyWereWritten) {
    save_dag("movies");
    const core::TaskKey key = start_run("movies", "r1").tasks[0].key;
    for (const char* text :
         {"null",
          "true",
          "0",
          "-0.0",
          "1.50",
          "1e400",
          "123456789012345678901234567890",
          "\"\"",
          R"("\u0000")",
          R"("\ud83d\ude00")",
          R"("ü値😀")",
          "[]",
          "{}",
          R"({"b": 1, "a": 2})",
          R"({"a": 1, "a": 2})",
          "[ 1,  2 ]",
          R"("it's \"x\" \\ {1,2}")",
          R"(["NULL"])"}) {
        const XComRecord xcom{key, "return_value", {text}, at(2, 3)};
        ASSERT_TRUE(store->commit({.xcoms = {xcom}})) << text;
        EXPECT_EQ(store->get_xcom(key, "return_value").value(), xcom) << text;
    }
}

TEST_P(RunStoreContract, XComsOfOneTaskDifferByNameInAnyCharacter) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    const std::vector<std::string> names = {"A", "a", "a ", "a.b", "it's", "\"", "\\", "ü", "{}"};
    Commit commit;
    for (std::size_t i = 0; i < names.size(); ++i) {
        commit.xcoms.push_back({run.tasks[0].key, names[i], {std::to_string(i)}, at(1)});
    }
    ASSERT_TRUE(store->commit(commit));
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(store->get_xcom(run.tasks[0].key, names[i])->value.text, std::to_string(i));
        EXPECT_EQ(code_of(store->get_xcom(run.tasks[1].key, names[i])), Errc::not_found);
    }
    EXPECT_EQ(store->list_xcoms(run.run.dag_id, run.run.run_id).size(), names.size());
}

TEST_P(RunStoreContract, TextOfAnyKindIsKeptInEveryFieldOfATask) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    for (const std::string& text :
         {std::string("it's \"x\""),
          std::string("{a,b}"),
          std::string("NULL"),
          std::string("\\N"),
          std::string("line\nline\ttab\r"),
          std::string("ü値😀"),
          std::string(" "),
          std::string(20000, 'x')}) {
        task.message = text;
        task.note = text;
        task.hostname = text;
        task.pool = text;
        task.queue = text;
        ASSERT_TRUE(store->commit({.tasks = {{task.state, task}}}));
        EXPECT_TRUE(store->get_task_instance(task.key).value() == task) << text.substr(0, 30);
    }
}

}  // namespace

}  // namespace reel::store
