#include <gtest/gtest.h>

#include "simulation/scheduler/simulation.hpp"

namespace reel::scheduler {

namespace {

Shape shape_with_assets() {
    Shape shape = any_shape();
    shape.may_make_assets = true;
    return shape;
}

/// Two DAGs that make assets and two that wait for them.
std::size_t play(int worlds, const Simulation::Settings& settings) {
    std::size_t events = 0;
    const Shape shape = shape_with_assets();
    for (std::uint32_t seed = 1; seed <= static_cast<std::uint32_t>(worlds); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Dice dice(seed);
        Simulation::Settings of_seed = settings;
        of_seed.seed = seed;
        of_seed.fate = seed;
        of_seed.requested_dags = 2;
        Simulation simulation(
            {random_dag(dice, "d0", shape),
             random_dag(dice, "d1", shape),
             random_consumer(dice, "w0", shape),
             random_consumer(dice, "w1", shape)},
            shape,
            of_seed
        );
        const bool ended = simulation.run_to_end();
        EXPECT_TRUE(ended) << "it stands still at\n" << simulation.ends();
        if (!ended) break;
        events += simulation.checks().check_events();
        if (::testing::Test::HasFailure()) break;
    }
    return events;
}

}  // namespace

TEST(RandomAssets, NoEventIsLostOrCountedTwice) {
    EXPECT_GT(play(100, {.parallelism = 4, .runs = 8}), 300U);
}

TEST(RandomAssets, NorWhereReelDiesAtAnyMoment) {
    EXPECT_GT(play(100, {.parallelism = 4, .runs = 8, .restart_one_in = 5}), 300U);
}

TEST(RandomAssets, NorWherePeopleClearAndMarkTasks) {
    play(
        60, {.parallelism = 4, .runs = 4, .restart_one_in = 6, .mark_one_in = 8, .meddle_one_in = 6}
    );
}

}  // namespace reel::scheduler
