#include <gtest/gtest.h>

#include <set>

#include "simulation/scheduler/simulation.hpp"

namespace reel::scheduler {
namespace {

std::vector<core::Dag> many_dags(std::uint32_t seed, const Shape& shape) {
    Dice dice(seed);
    std::vector<core::Dag> dags;
    const int count = 1 + dice.below(2);
    for (int i = 0; i < count; ++i) {
        dags.push_back(random_dag(dice, "d" + std::to_string(i), shape));
    }
    return dags;
}

/// Plays one world per seed; the first that breaks a rule names its seed.
void play(int worlds, const Shape& shape, const Simulation::Settings& settings) {
    for (std::uint32_t seed = 1; seed <= static_cast<std::uint32_t>(worlds); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation::Settings of_seed = settings;
        of_seed.seed = seed;
        of_seed.fate = seed;
        Simulation simulation(many_dags(seed, shape), shape, of_seed);
        ASSERT_TRUE(simulation.run_to_end()) << "it stands still at\n" << simulation.ends();
    }
}

TEST(RandomRuns, EveryRunEndsAndNothingBreaksARule) {
    play(400, any_shape(), {.runs = 1});
}

TEST(RandomRuns, RunsSideBySideKeepTheLimitsOfTheirDags) {
    play(50, any_shape(), {.parallelism = 32, .runs = 5});
}

TEST(RandomRuns, AScarceParallelismIsNeverExceededAndStarvesNobody) {
    play(80, any_shape(), {.parallelism = 2, .runs = 4});
    play(80, any_shape(), {.parallelism = 1, .runs = 2});
}

TEST(RandomRuns, PeopleMayEndRunsAtAnyMoment) {
    play(150, any_shape(), {.parallelism = 3, .runs = 3, .mark_one_in = 4});
}

TEST(RandomRuns, ARestartAtAnyMomentBreaksNoRule) {
    play(150, any_shape(), {.parallelism = 3, .runs = 2, .restart_one_in = 5});
}

TEST(RandomRuns, RestartsAndPeopleTogetherBreakNoRule) {
    play(150, any_shape(), {.parallelism = 3, .runs = 3, .restart_one_in = 6, .mark_one_in = 5});
}

TEST(RandomRuns, PeopleMayClearAndMarkTasksAtAnyMoment) {
    play(200, any_shape(), {.parallelism = 3, .runs = 3, .meddle_one_in = 6});
    play(
        150,
        any_shape(),
        {.parallelism = 3, .runs = 3, .restart_one_in = 6, .mark_one_in = 8, .meddle_one_in = 6}
    );
}

TEST(RandomRuns, ABackfillRunsEachFireOnceWhateverHappens) {
    constexpr int fires = 7;
    const Simulation::Settings settings{
        .parallelism = 3,
        .runs = 2,
        .restart_one_in = 6,
        .mark_one_in = 8,
        .meddle_one_in = 8,
        .backfill_fires = fires,
    };
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation::Settings of_seed = settings;
        of_seed.seed = seed;
        of_seed.fate = seed;
        Simulation simulation(many_dags(seed, any_shape()), any_shape(), of_seed);
        ASSERT_TRUE(simulation.run_to_end()) << "it stands still at\n" << simulation.ends();
        const auto backfill = simulation.store().list_backfills({}, {}).items.at(0);
        EXPECT_TRUE(backfill.completed_at);
        std::set<core::RunId> runs;
        for (const auto& fire : simulation.store().list_backfill_runs(backfill.id)) {
            ASSERT_TRUE(fire.run_id);
            runs.insert(*fire.run_id);
            EXPECT_TRUE(simulation.store().get_run(fire.dag_id, *fire.run_id));
        }
        EXPECT_EQ(runs.size(), static_cast<std::size_t>(fires));
    }
}

TEST(RandomRuns, TheEndDoesNotHangOnTheOrderOfEvents) {
    const Shape shape = settled_shape();
    for (std::uint32_t seed = 1; seed <= 120; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const auto dags = many_dags(seed, shape);
        Simulation one(dags, shape, {.seed = seed, .fate = seed, .runs = 2});
        Simulation other(
            dags, shape, {.seed = seed + 1000, .fate = seed, .parallelism = 1, .runs = 2}
        );
        ASSERT_TRUE(one.run_to_end());
        ASSERT_TRUE(other.run_to_end());
        ASSERT_EQ(one.ends(), other.ends());
    }
}

TEST(RandomRuns, ARestartLeadsToTheEndThatWouldHaveComeWithoutIt) {
    const Shape shape = settled_shape();
    int restarts = 0;
    for (std::uint32_t seed = 1; seed <= 120; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const auto dags = many_dags(seed, shape);
        Simulation straight(dags, shape, {.seed = seed, .fate = seed, .runs = 2});
        Simulation restarted(
            dags, shape, {.seed = seed, .fate = seed, .runs = 2, .restart_one_in = 4}
        );
        ASSERT_TRUE(straight.run_to_end());
        ASSERT_TRUE(restarted.run_to_end());
        ASSERT_EQ(straight.ends(), restarted.ends());
        restarts += restarted.restarts();
    }
    EXPECT_GT(restarts, 120) << "the test is worth nothing without restarts";
}

TEST(RandomRuns, TheSameSeedGivesTheSameHistory) {
    const Shape shape = any_shape();
    for (std::uint32_t seed = 1; seed <= 50; ++seed) {
        const auto dags = many_dags(seed, shape);
        const Simulation::Settings settings{.seed = seed, .fate = seed, .runs = 2};
        Simulation one(dags, shape, settings);
        Simulation other(dags, shape, settings);
        one.run_to_end();
        other.run_to_end();
        EXPECT_EQ(one.ends(), other.ends()) << seed;
    }
}

}  // namespace
}  // namespace reel::scheduler
