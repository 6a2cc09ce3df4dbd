// Runs in which some tasks wait without a process, played to their end in many ways.

#include <gmock/gmock.h>

#include <algorithm>

#include "planner_fixture.hpp"
#include "support/dice.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

constexpr int most_places = 2;

void sensor(core::Task& task) {
    task.operator_name = "sensor.file";
}

/// Twelve tasks, about half of them sensors, each behind up to three earlier ones.
core::Dag random_waits(Dice& dice) {
    auto dag = a_dag("d");
    std::vector<std::string> names;
    for (int i = 0; i < 12; ++i) {
        std::vector<std::string> upstream;
        for (int link = names.empty() ? 0 : dice.below(4); link > 0; --link) {
            const std::string& name = dice.pick(names);
            if (std::ranges::find(upstream, name) == upstream.end()) upstream.push_back(name);
        }
        const bool waits = dice.one_in(2);
        const std::string name = (waits ? "wait" : "work") + std::to_string(i);
        dag.task(name, upstream, waits ? sensor : [](core::Task&) {});
        names.push_back(name);
    }
    dag.with([](core::Dag& each) { each.max_active_tasks = most_places; });
    return dag.build();
}

class WaitingRunsTest : public PlannerTest {
  protected:
    void use_dag(const core::Dag& dag) {
        dag_ = dag;
        use_all({std::make_shared<const core::Dag>(dag)});
    }

    [[nodiscard]] static bool is_sensor(const std::string& name) {
        return name.starts_with("wait");
    }

    [[nodiscard]] int busy() const {
        return static_cast<int>(std::ranges::count_if(live, [](const auto& each) {
            return !is_sensor(each.first);
        }));
    }

    /// Its end, as an executor reports it: only processes report that they were started.
    void end_any(const std::string& name, TaskOutcome outcome) {
        if (!is_sensor(name)) return end(name, outcome);
        AttemptEnded event;
        event.attempt = live.at(name).attempt;
        event.key = live.at(name).key;
        event.outcome = outcome;
        event.at = clock.now();
        live.erase(name);
        planner.on_ended(event);
        plan();
    }

    /// Every sensor whose upstreams have all succeeded waits or has ended.
    void expect_all_sensors_begun() {
        for (const core::Task& task : dag_.tasks) {
            const bool ready = std::ranges::all_of(task.upstream, [&](std::uint32_t upstream) {
                return states[dag_.tasks[upstream].task_id.str()] == TaskState::success;
            });
            const std::string name = task.task_id.str();
            if (!ready || !is_sensor(name)) continue;
            EXPECT_TRUE(live.contains(name) || core::is_finished(states[name])) << name;
        }
    }

    core::Dag dag_;
};

/// As a fixture of its own for each seed.
class Played final : public WaitingRunsTest {
  public:
    void TestBody() override {}

    void play(std::uint32_t seed, const std::vector<TaskOutcome>& outcomes) {
        Dice dice(seed);
        use_dag(random_waits(dice));
        trigger("d");
        plan();
        while (!live.empty()) {
            EXPECT_LE(busy(), most_places) << "seed " << seed;
            EXPECT_EQ(planner.live_attempts(), static_cast<std::size_t>(busy())) << "seed " << seed;
            expect_all_sensors_begun();
            clock.advance(1s);
            const auto names = running();
            end_any(dice.pick(names), dice.pick(outcomes));
        }
    }

    [[nodiscard]] RunState end_state() { return run_states["r1"]; }
    [[nodiscard]] const std::map<std::string, TaskState>& end_states() const { return states; }
};

TEST(WaitingRuns, EverySensorWaitsAtOnceAndHoldsNoPlace) {
    for (std::uint32_t seed = 0; seed < 50; ++seed) {
        Played played;
        played.play(seed, {TaskOutcome::succeeded});
        EXPECT_EQ(played.end_state(), RunState::success) << "seed " << seed;
        EXPECT_THAT(played.end_states(), SizeIs(12)) << "seed " << seed;
        for (const auto& [name, state] : played.end_states()) {
            EXPECT_EQ(state, TaskState::success) << name << " seed " << seed;
        }
    }
}

TEST(WaitingRuns, EveryRunEndsHoweverItsTasksEnd) {
    const std::vector<TaskOutcome> outcomes{
        TaskOutcome::succeeded,
        TaskOutcome::succeeded,
        TaskOutcome::skipped,
        TaskOutcome::failed,
        TaskOutcome::failed_finally,
        TaskOutcome::timed_out,
    };
    int failed = 0;
    for (std::uint32_t seed = 0; seed < 50; ++seed) {
        Played played;
        played.play(seed, outcomes);
        EXPECT_TRUE(core::is_finished(played.end_state())) << "seed " << seed;
        for (const auto& [name, state] : played.end_states()) {
            EXPECT_TRUE(core::is_finished(state)) << name << " seed " << seed;
        }
        failed += played.end_state() == RunState::failed ? 1 : 0;
    }
    EXPECT_GT(failed, 20) << "the dice reach both ends";
    EXPECT_LT(failed, 150);
}

TEST_F(WaitingRunsTest, TheAttemptIsKnownOnlyWhileItWaits) {
    use_dag(a_dag("d").task("wait", {}, sensor).task("work", {"wait"}).build());
    trigger("d");
    const auto attempt_of = [&](const char* task) {
        return planner.waiting_attempt(
            core::DagId("d"), core::RunId("r1"), {core::TaskId(task), {}}
        );
    };
    EXPECT_EQ(attempt_of("wait"), std::nullopt) << "it has not begun";
    plan();
    const auto attempt = live.at("wait").attempt;
    EXPECT_EQ(attempt_of("wait"), attempt);
    end_any("wait", TaskOutcome::succeeded);
    EXPECT_EQ(attempt_of("wait"), std::nullopt);
    EXPECT_EQ(attempt_of("work"), live.at("work").attempt) << "its process has not begun";
    planner.on_started(
        {.attempt = live.at("work").attempt,
         .key = live.at("work").key,
         .at = clock.now(),
         .pid = 7,
         .hostname = "h"}
    );
    EXPECT_EQ(attempt_of("work"), std::nullopt) << "it runs";
    EXPECT_EQ(
        planner.waiting_attempt(core::DagId("d"), core::RunId("r9"), {core::TaskId("wait"), {}}),
        std::nullopt
    );
    EXPECT_EQ(
        planner.waiting_attempt(core::DagId("x"), core::RunId("r1"), {core::TaskId("wait"), {}}),
        std::nullopt
    );
}

TEST_F(WaitingRunsTest, APausedDagLetsItsSensorsWaitOn) {
    use_dag(a_dag("d").task("wait1", {}, sensor).task("wait2", {"wait1"}, sensor).build());
    trigger("d");
    plan();
    planner.set_paused(core::DagId("d"), true, clock.now());
    EXPECT_THAT(plan().cancel, IsEmpty());
    EXPECT_EQ(states["wait1"], TaskState::deferred);
    end_any("wait1", TaskOutcome::succeeded);
    EXPECT_EQ(states["wait1"], TaskState::success);
    EXPECT_THAT(running(), IsEmpty()) << "but none begins";
    planner.set_paused(core::DagId("d"), false, clock.now());
    plan();
    EXPECT_THAT(running(), ElementsAre("wait2"));
}

TEST_F(WaitingRunsTest, SensorsOfManyRunsWaitAtOneTime) {
    use_dag(a_dag("d").task("wait", {}, sensor).build());
    for (int i = 0; i < 16; ++i) trigger("d", "r" + std::to_string(i));
    const Effects effects = plan();
    EXPECT_THAT(effects.start, SizeIs(16));
    EXPECT_EQ(planner.live_attempts(), 0U);
    std::vector<core::AttemptId> attempts;
    for (const auto& order : effects.start) attempts.push_back(order.attempt);
    std::ranges::sort(attempts);
    EXPECT_EQ(std::ranges::adjacent_find(attempts), attempts.end()) << "each has its own number";
}

TEST_F(WaitingRunsTest, ALateEndOfAnAttemptThatTimedOutChangesNothing) {
    use_dag(a_dag("d").task("wait", {}, sensor).build());
    trigger("d");
    plan();
    const auto order = live.at("wait");
    end_any("wait", TaskOutcome::failed_finally);
    ASSERT_EQ(states["wait"], TaskState::failed);
    planner.on_ended({.attempt = order.attempt, .key = order.key, .outcome = TaskOutcome::succeeded}
    );
    plan();
    EXPECT_EQ(states["wait"], TaskState::failed);
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

}  // namespace
}  // namespace reel::scheduler
