#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <map>
#include <string>

#include "simulation/scheduler/fault_world.hpp"

namespace reel::scheduler {
namespace {

/// Everything that may be, with callbacks, assets and sensors.
Shape shape_of_worlds() {
    Shape shape = any_shape();
    shape.may_call = true;
    shape.may_make_assets = true;
    shape.may_wait = true;
    return shape;
}

/// One DAG or two, every other of them due each minute for some minutes, and every third time one
/// that waits for what they make.
std::vector<core::Dag> some_dags(std::uint32_t seed, const Shape& shape) {
    Dice dice(seed);
    std::vector<core::Dag> dags;
    const int count = 1 + dice.below(2);
    const support::ManualClock clock;
    for (int i = 0; i < count; ++i) {
        core::Dag dag = random_dag(dice, "d" + std::to_string(i), shape);
        if (dice.one_in(2)) {
            dag.schedule = core::CronSchedule{"* * * * *"};
            dag.start_date = clock.now();
            dag.end_date = clock.now() + std::chrono::minutes(2 + dice.below(6));
            dag.catchup = dice.one_in(2);
            give_spans(dag, dice, clock.now());
        }
        dags.push_back(std::move(dag));
    }
    if (dice.one_in(3)) dags.push_back(random_consumer(dice, "w", shape));
    return dags;
}

/// People edit the DAGs of every third world, and every eighth has two schedulers.
FaultWorld::Settings settings_of(std::uint32_t seed) {
    return {.seed = seed, .edits = seed % 3 == 0, .schedulers = seed / 2 % 8 == 0 ? 2 : 1};
}

/// What many worlds were together.
class Tally final {
  public:
    void add(const FaultWorld& world, bool has_two_schedulers);
    void print() const;
    /// What only many worlds are sure to have met.
    void expect_enough() const;

  private:
    std::size_t worlds_ = 0;
    std::size_t worlds_of_two_ = 0;
    std::size_t processes_ = 0;
    std::size_t waits_ = 0;
    int crashes_ = 0;
    int edits_ = 0;
    FaultWorld::Ends ends_;
    FaultWorld::Leads leads_;
    std::map<std::string, int> points_;
};

void Tally::add(const FaultWorld& world, bool has_two_schedulers) {
    ++worlds_;
    processes_ += world.processes_begun();
    waits_ += world.waits_begun();
    crashes_ += world.crashes();
    edits_ += world.edits();
    ends_.events += world.ends().events;
    ends_.callbacks += world.ends().callbacks;
    ends_.fires += world.ends().fires;
    for (const auto& [point, times] : world.store().seen()) points_[point] += times;
    if (!has_two_schedulers) return;
    ++worlds_of_two_;
    leads_.terms += world.leads().terms;
    leads_.lost += world.leads().lost;
    leads_.stops += world.leads().stops;
    leads_.outlasted += world.leads().outlasted;
    leads_.lingering += world.leads().lingering;
}

void Tally::print() const {
    std::printf("%zu worlds, %zu processes, %zu waits, ", worlds_, processes_, waits_);
    std::printf("%d crashes, %d edits of DAGs, ", crashes_, edits_);
    std::printf("%zu asset events, %zu callbacks, ", ends_.events, ends_.callbacks);
    std::printf("%zu fires of backfills\n", ends_.fires);
    std::printf("of %zu worlds with two schedulers: %d terms, ", worlds_of_two_, leads_.terms);
    std::printf("%d lost by who was alive, %d stops, ", leads_.lost, leads_.stops);
    std::printf("%zu attempts outlasted, ", leads_.outlasted);
    std::printf("%zu lingered when a term began\n", leads_.lingering);
    for (const auto& [point, times] : points_) std::printf("%8d %s\n", times, point.c_str());
}

void Tally::expect_enough() const {
    if (worlds_of_two_ < 500) return;
    EXPECT_GT(leads_.outlasted, 0U);
    EXPECT_GT(leads_.lingering, 0U);
}

int number_from(const char* variable, int fallback) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? fallback : std::atoi(text);
}

class Faults : public testing::Test {
  protected:
    Faults() { spdlog::set_level(spdlog::level::off); }
};

/// In parts that can be played side by side.
class PartOfFaults : public Faults, public testing::WithParamInterface<std::uint32_t> {};
constexpr std::uint32_t parts = 2;

/// REEL_SIMULATIONS says how many, REEL_SIMULATION_SEED with which to begin: one that failed is
/// played again alone with its number.
TEST_P(PartOfFaults, NothingIsLostOrDoneTwiceWhateverBreaks) {
    const int worlds = number_from("REEL_SIMULATIONS", 100'000);
    const auto first = static_cast<std::uint32_t>(number_from("REEL_SIMULATION_SEED", 1));
    const Shape shape = shape_of_worlds();
    Tally tally;
    const auto end = first + static_cast<std::uint32_t>(worlds);
    for (std::uint32_t seed = first + GetParam(); seed < end; seed += parts) {
        SCOPED_TRACE("REEL_SIMULATIONS=1 REEL_SIMULATION_SEED=" + std::to_string(seed));
        FaultWorld world(some_dags(seed, shape), shape, settings_of(seed));
        ASSERT_TRUE(world.play()) << world.history() << "not ended:\n" << world.unfinished();
        ASSERT_FALSE(testing::Test::HasFailure()) << world.history();
        tally.add(world, settings_of(seed).schedulers > 1);
    }
    tally.print();
    tally.expect_enough();
}

INSTANTIATE_TEST_SUITE_P(Worlds, PartOfFaults, testing::Range(0U, parts));

TEST_F(Faults, TheSameSeedIsTheSameHistory) {
    const Shape shape = shape_of_worlds();
    for (std::uint32_t seed = 1; seed <= 50; ++seed) {
        std::string first;
        for (int round = 0; round < 2; ++round) {
            FaultWorld world(some_dags(seed, shape), shape, settings_of(seed));
            EXPECT_TRUE(world.play());
            if (round == 0) first = world.history();
            EXPECT_EQ(world.history(), first) << seed;
        }
    }
}

}  // namespace
}  // namespace reel::scheduler
