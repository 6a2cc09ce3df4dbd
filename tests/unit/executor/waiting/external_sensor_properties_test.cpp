// What must hold of every wish and every answer about another DAG.

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <random>

#include "executor/waiting/external_sensor.hpp"
#include "unit/executor/fake_store.hpp"
#include "unit/executor/fixture.hpp"

namespace reel::executor {

using core::RunState;
using core::TaskId;
using core::TaskState;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

namespace {

using States = std::vector<std::pair<TaskId, TaskState>>;

constexpr std::array all_states{
    TaskState::none,
    TaskState::scheduled,
    TaskState::queued,
    TaskState::running,
    TaskState::success,
    TaskState::failed,
    TaskState::up_for_retry,
    TaskState::deferred,
    TaskState::upstream_failed,
    TaskState::skipped,
    TaskState::removed,
};

const ExternalWish wish{
    .tasks = {TaskId("a"), TaskId("b"), TaskId("c")},
    .allowed_states = {"success", "removed"},
    .failed_states = {"failed", "upstream_failed"},
    .skipped_states = {"skipped"},
};

class Chance final {
  public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t count) { return engine_() % count; }

    /// Zero to three instances of each task, mostly in a good state.
    States states() {
        States states;
        for (const TaskId& task : wish.tasks) {
            const std::size_t instances = below(8) == 0 ? 0 : 1 + below(3);
            for (std::size_t i = 0; i < instances; ++i) {
                const bool good = below(4) != 0;
                states.emplace_back(
                    task, good ? TaskState::success : all_states[below(all_states.size())]
                );
            }
        }
        std::ranges::shuffle(states, engine_);
        return states;
    }

  private:
    std::mt19937 engine_;
};

bool any_in(const States& states, const std::vector<std::string>& words) {
    return std::ranges::any_of(states, [&](const auto& each) {
        return std::ranges::find(words, core::to_string(each.second)) != words.end();
    });
}

bool all_are_there(const States& states) {
    return std::ranges::all_of(wish.tasks, [&](const TaskId& task) {
        return std::ranges::any_of(states, [&](const auto& each) { return each.first == task; });
    });
}

bool all_allowed(const States& states) {
    return std::ranges::all_of(states, [&](const auto& each) {
        return std::ranges::find(wish.allowed_states, core::to_string(each.second)) !=
               wish.allowed_states.end();
    });
}

Finding expected(const States& states) {
    if (any_in(states, wish.failed_states)) return Finding::ended_badly;
    if (any_in(states, wish.skipped_states)) return Finding::skipped;
    return all_allowed(states) && all_are_there(states) ? Finding::met : Finding::not_yet;
}

}  // namespace

TEST(ExternalSensorProperties, OneFailureDecidesThenOneSkipThenAllMustBeThere) {
    std::array<int, 5> seen{};
    for (std::uint32_t seed = 0; seed < 2000; ++seed) {
        const States states = Chance(seed).states();
        const Poke poke = judge_states(wish, {.run = RunState::running, .tasks = states});
        EXPECT_EQ(poke.finding, expected(states)) << "seed " << seed << ": " << poke.words;
        EXPECT_FALSE(poke.words.empty()) << "seed " << seed;
        ++seen[static_cast<std::size_t>(poke.finding)];
    }
    EXPECT_GT(seen[static_cast<std::size_t>(Finding::met)], 50) << "the dice reach every case";
    EXPECT_GT(seen[static_cast<std::size_t>(Finding::not_yet)], 50);
    EXPECT_GT(seen[static_cast<std::size_t>(Finding::skipped)], 50);
    EXPECT_GT(seen[static_cast<std::size_t>(Finding::ended_badly)], 50);
}

TEST(ExternalSensorProperties, TheOrderOfTheRowsDoesNotMatter) {
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        States states = Chance(seed).states();
        const auto finding = [&] {
            return judge_states(wish, {.run = RunState::running, .tasks = states}).finding;
        };
        const Finding first = finding();
        std::ranges::reverse(states);
        EXPECT_EQ(finding(), first) << "seed " << seed;
    }
}

TEST(ExternalSensorProperties, ARunThatIsNotThereIsWaitedForWhateverElseIsSaid) {
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
        const Poke poke = judge_states(wish, {.run = {}, .tasks = Chance(seed).states()});
        EXPECT_EQ(poke.finding, Finding::not_yet);
        EXPECT_EQ(poke.words, "there is no such run yet");
    }
}

TEST(ExternalSensorProperties, EveryStateOfATaskCanBeWaitedFor) {
    for (const TaskState state : all_states) {
        const ExternalWish one{
            .tasks = {TaskId("a")},
            .allowed_states = {std::string(core::to_string(state))},
            .failed_states = {},
            .skipped_states = {}
        };
        for (const TaskState seen : all_states) {
            const Poke poke =
                judge_states(one, {.run = RunState::running, .tasks = {{TaskId("a"), seen}}});
            EXPECT_EQ(poke.finding, seen == state ? Finding::met : Finding::not_yet)
                << core::to_string(state) << " seen " << core::to_string(seen);
        }
    }
}

TEST(ExternalSensorProperties, TheMissingTaskIsNamed) {
    const States states{{TaskId("a"), TaskState::success}, {TaskId("c"), TaskState::success}};
    EXPECT_EQ(
        judge_states(wish, {.run = RunState::success, .tasks = states}).words,
        "the run has no task 'b'"
    );
}

TEST(ExternalSensorProperties, NoAllowedStatesAreTheUsualOnes) {
    FakeStore store;
    const Json args{{"external_dag_id", "other"}, {"allowed_states", Json::array()}};
    const auto ask = parse_external(an_order("sensor.external_task", args), args, store).value();
    EXPECT_EQ(ask.judge({.run = RunState::success, .tasks = {}}).finding, Finding::met);
    EXPECT_EQ(ask.judge({.run = RunState::failed, .tasks = {}}).finding, Finding::not_yet);
}

TEST(ExternalSensorProperties, ARunWithoutLogicalDateAsksForWhenItMayBegin) {
    FakeStore store;
    const Json args{{"external_dag_id", "other"}, {"execution_delta", "30m"}};
    auto order = an_order("sensor.external_task", args);
    order.run.logical_date.reset();
    order.run.run_after = a_date() + 5h;
    const auto ask = parse_external(order, args, store).value();
    EXPECT_EQ(ask.question.logical_date, a_date() + 5h - 30min);
}

TEST(ExternalSensorProperties, NumbersAreNamesOfTasksToo) {
    FakeStore store;
    const Json args{{"external_dag_id", "other"}, {"external_task_ids", Json::array({"a", 7})}};
    const auto ask = parse_external(an_order("sensor.external_task", args), args, store).value();
    EXPECT_THAT(ask.question.tasks, ElementsAre(TaskId("a"), TaskId("7")));
}

}  // namespace reel::executor
