// Names, dates and states that are easily mistaken when many are asked for at once.

#include <gmock/gmock.h>

#include <array>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::DagId;
using core::RunId;
using core::RunState;
using core::TaskId;
using core::TaskState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

StateQuestion by_id(
    const std::string& dag_id, const std::string& run_id, std::vector<TaskId> tasks = {}
) {
    return {
        .dag_id = DagId(dag_id),
        .run_id = RunId(run_id),
        .logical_date = {},
        .tasks = std::move(tasks)
    };
}

StateQuestion by_date(const std::string& dag_id, core::Timestamp date) {
    return {.dag_id = DagId(dag_id), .run_id = {}, .logical_date = date, .tasks = {}};
}

/// What a careless list of values would misread.
constexpr std::array odd_names{
    "a,b",
    "{a}",
    "a\"b",
    "a'b",
    "a\\b",
    "NULL",
    "null",
    " a ",
    "a\nb",
    "",
    "äö→",
    "manual__2026-01-01T00:00:00+00:00",
};

constexpr std::array every_state{
    TaskState::none,
    TaskState::scheduled,
    TaskState::queued,
    TaskState::running,
    TaskState::success,
    TaskState::failed,
    TaskState::up_for_retry,
    TaskState::up_for_reschedule,
    TaskState::deferred,
    TaskState::upstream_failed,
    TaskState::skipped,
    TaskState::restarting,
    TaskState::removed,
};

TEST_P(RunStoreContract, StatesAreFoundWhateverTheRunIsCalled) {
    save_dag("movies");
    std::vector<StateQuestion> questions;
    int hour = 0;
    for (const char* name : odd_names) {
        NewRun run = a_run("movies", name, ++hour);
        run.run.state = hour % 2 == 0 ? RunState::success : RunState::running;
        ASSERT_TRUE(store->commit({.new_runs = {run}})) << name;
        questions.push_back(by_id("movies", name));
    }
    const auto answers = store->find_states(questions);
    ASSERT_THAT(answers, SizeIs(odd_names.size()));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(answers[i].run, i % 2 == 0 ? RunState::running : RunState::success)
            << odd_names[i];
    }
}

TEST_P(RunStoreContract, StatesAreFoundWhateverTheTaskIsCalled) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1", 1);
    const TaskInstanceRecord pattern = run.tasks[0];
    run.tasks.clear();
    std::vector<TaskId> wanted;
    for (const char* name : odd_names) {
        run.tasks.push_back(pattern);
        run.tasks.back().key.task_id = TaskId(name);
        wanted.emplace_back(name);
    }
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    const auto answer = store->find_states({by_id("movies", "r1", wanted)}).at(0);
    ASSERT_THAT(answer.tasks, SizeIs(wanted.size()));
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(answer.tasks[i].first, wanted[i]);
}

TEST_P(RunStoreContract, EveryStateOfATaskIsToldAsItIs) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1", 1);
    const TaskInstanceRecord pattern = run.tasks[1];
    run.tasks.clear();
    for (std::size_t i = 0; i < every_state.size(); ++i) {
        run.tasks.push_back(pattern);
        run.tasks.back().key.map_index = static_cast<int>(i);
        run.tasks.back().state = every_state[i];
    }
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    const auto answer = store->find_states({by_id("movies", "r1", {TaskId("load")})}).at(0);
    ASSERT_THAT(answer.tasks, SizeIs(every_state.size()));
    for (std::size_t i = 0; i < every_state.size(); ++i) {
        EXPECT_EQ(answer.tasks[i].second, every_state[i]) << core::to_string(every_state[i]);
    }
}

TEST_P(RunStoreContract, EveryStateOfARunIsToldAsItIs) {
    save_dag("movies");
    std::vector<StateQuestion> questions;
    constexpr std::array states{
        RunState::queued, RunState::running, RunState::success, RunState::failed
    };
    for (std::size_t i = 0; i < states.size(); ++i) {
        const std::string name = "r" + std::to_string(i);
        NewRun run = a_run("movies", name, static_cast<int>(i));
        run.run.state = states[i];
        ASSERT_TRUE(store->commit({.new_runs = {run}}));
        questions.push_back(by_id("movies", name));
    }
    const auto answers = store->find_states(questions);
    for (std::size_t i = 0; i < states.size(); ++i) EXPECT_EQ(answers.at(i).run, states[i]);
}

TEST_P(RunStoreContract, StatesAskedForTwiceAreToldTwice) {
    save_dag("movies");
    start_run("movies", "r1", 1);
    const StateQuestion question = by_id("movies", "r1", {TaskId("load"), TaskId("load")});
    const auto answers = store->find_states({question, question});
    ASSERT_THAT(answers, SizeIs(2));
    EXPECT_EQ(answers[0], answers[1]);
    EXPECT_THAT(answers[0].tasks, ElementsAre(Pair(TaskId("load"), TaskState::none)))
        << "a task that is named twice is one task";
}

TEST_P(RunStoreContract, StatesComeInTheOrderOfTheRowsNotOfTheQuestion) {
    save_dag("movies");
    start_run("movies", "r1", 1);
    const auto answer =
        store->find_states({by_id("movies", "r1", {TaskId("load"), TaskId("extract")})}).at(0);
    EXPECT_THAT(
        answer.tasks,
        ElementsAre(Pair(TaskId("extract"), TaskState::none), Pair(TaskId("load"), TaskState::none))
    );
}

TEST_P(RunStoreContract, ARunIdGoesBeforeALogicalDate) {
    save_dag("movies");
    start_run("movies", "r1", 1);
    NewRun done = a_run("movies", "r2", 2);
    done.run.state = RunState::success;
    ASSERT_TRUE(store->commit({.new_runs = {done}}));
    StateQuestion both = by_id("movies", "r1");
    both.logical_date = at(2);
    EXPECT_EQ(store->find_states({both})[0].run, RunState::queued);
    both.run_id = RunId("ghost");
    EXPECT_EQ(store->find_states({both})[0].run, std::nullopt) << "the date does not stand in";
}

TEST_P(RunStoreContract, ALogicalDateIsMeantToTheMicrosecond) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1", 1);
    run.run.logical_date = at(1, 123'456);
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    const auto answers = store->find_states({
        by_date("movies", at(1, 123'456)),
        by_date("movies", at(1, 123'457)),
        by_date("movies", at(1)),
    });
    EXPECT_EQ(answers.at(0).run, RunState::queued);
    EXPECT_EQ(answers.at(1).run, std::nullopt);
    EXPECT_EQ(answers.at(2).run, std::nullopt);
}

TEST_P(RunStoreContract, DatesLongAgoAndFarAheadAreFound) {
    save_dag("movies");
    int number = 0;
    for (const char* text :
         {"1969-12-31T23:59:59.999999Z", "1900-01-01", "1970-01-01", "9999-12-31"}) {
        ++number;
        const core::Timestamp date = core::parse_timestamp(text).value();
        NewRun run = a_run("movies", "r" + std::to_string(number), number);
        run.run.logical_date = date;
        ASSERT_TRUE(store->commit({.new_runs = {run}})) << text;
        EXPECT_EQ(store->find_states({by_date("movies", date)})[0].run, RunState::queued) << text;
    }
}

TEST_P(RunStoreContract, ManyQuestionsAreAnsweredInTheirOrder) {
    save_dag("movies");
    for (int hour = 0; hour < 20; ++hour) {
        NewRun run = a_run("movies", "r" + std::to_string(hour), hour);
        run.run.state = hour % 3 == 0 ? RunState::failed : RunState::success;
        ASSERT_TRUE(store->commit({.new_runs = {run}}));
    }
    std::vector<StateQuestion> questions;
    for (int i = 0; i < 1000; ++i) {
        const int hour = (i * 7) % 40;  // half of them there is no run of
        questions.push_back(
            i % 2 == 0 ? by_date("movies", at(hour)) : by_id("movies", "r" + std::to_string(hour))
        );
    }
    const auto answers = store->find_states(questions);
    ASSERT_THAT(answers, SizeIs(1000));
    for (int i = 0; i < 1000; ++i) {
        const int hour = (i * 7) % 40;
        const auto state = hour % 3 == 0 ? RunState::failed : RunState::success;
        EXPECT_EQ(
            answers[static_cast<std::size_t>(i)].run,
            hour < 20 ? std::optional(state) : std::nullopt
        ) << i;
    }
}

TEST_P(RunStoreContract, StatesOfADeletedDagAreNoMore) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1", 1);
    run.run.state = RunState::success;
    for (TaskInstanceRecord& task : run.tasks) task.state = TaskState::success;
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    ASSERT_EQ(store->find_states({by_id("movies", "r1")})[0].run, RunState::success);
    ASSERT_TRUE(store->delete_dag(DagId("movies")));
    EXPECT_EQ(store->find_states({by_id("movies", "r1", {TaskId("load")})})[0], StateAnswer());
}

TEST_P(RunStoreContract, AQuestionAboutNothingIsAnsweredWithNothing) {
    save_dag("movies");
    start_run("movies", "r1", 1);
    const auto answers = store->find_states({StateQuestion(), by_id("movies", "r1")});
    ASSERT_THAT(answers, SizeIs(2)) << "who has ended meanwhile asks like this";
    EXPECT_EQ(answers[0], StateAnswer());
    EXPECT_EQ(answers[1].run, RunState::queued);
    EXPECT_THAT(answers[1].tasks, IsEmpty());
}

}  // namespace

}  // namespace reel::store
