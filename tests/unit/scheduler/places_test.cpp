#include "scheduler/places.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace reel::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Wish {
    int weight = 1;
    RunHandle run = 1;
    InstanceIndex instance = 0;
    std::string pool = "default_pool";
    int slots = 1;
    int since = 0;  ///< seconds
    std::string task = "t";
    bool yields = false;
    std::uint32_t dag = 0;
};

Places::Claim claim(const Wish& wish) {
    return {
        .candidate =
            {.weight = wish.weight,
             .run_after = {},
             .since = core::Timestamp(std::chrono::seconds(wish.since)),
             .run = wish.run,
             .instance = wish.instance,
             .dag = wish.dag,
             .slots = wish.slots,
             .yields = wish.yields},
        .key =
            {core::DagId("d" + std::to_string(wish.dag)),
             core::RunId("r" + std::to_string(wish.run)),
             core::TaskId(wish.task),
             -1},
        .pool = wish.pool,
        .deferred = false,
        .per_dag = {},
        .per_dagrun = {},
    };
}

class PlacesTest : public ::testing::Test {
  protected:
    /// Gives places until nobody fits; the instances in the order in which they got one.
    std::vector<InstanceIndex> give() {
        std::vector<InstanceIndex> given;
        while (places.has_room()) {
            const auto next = places.next();
            if (!next) break;
            places.take(++attempt, *next);
            given.push_back(next->candidate.instance);
        }
        return given;
    }

    Places places{3};
    core::AttemptId attempt = 0;
};

TEST_F(PlacesTest, GivesTheHeaviestFirstAndNoMoreThanParallelism) {
    for (InstanceIndex i = 0; i < 5; ++i) {
        places.wait(claim({.weight = static_cast<int>(i), .instance = i}));
    }
    EXPECT_THAT(give(), ElementsAre(4U, 3U, 2U));
    EXPECT_THAT(give(), IsEmpty());
    places.leave(1);
    EXPECT_THAT(give(), ElementsAre(1U)) << "within a DAG the heaviest, at every place";
    places.leave(2);
    EXPECT_THAT(give(), ElementsAre(0U));
}

TEST_F(PlacesTest, EveryFourthPlaceGoesToTheDagThatHasWaitedLongestAndThereToTheHeaviest) {
    places.wait(claim({.weight = 1, .run = 9, .instance = 98, .since = -100, .dag = 1}));
    places.wait(claim({.weight = 2, .run = 9, .instance = 99, .since = -50, .dag = 1}));
    std::vector<InstanceIndex> order;
    for (InstanceIndex i = 0; i < 8; ++i) {
        places.wait(claim({.weight = 50, .instance = i, .since = static_cast<int>(i)}));
        const auto next = places.next();
        places.take(++attempt, *next);
        places.leave(attempt);
        order.push_back(next->candidate.instance);
    }
    EXPECT_EQ(order[3], 99U) << "the light DAG is not starved by tasks that keep coming";
    EXPECT_EQ(order[7], 98U);
}

TEST_F(PlacesTest, WithinADagPrioritiesHoldStrictlyOverItsRunsAndPools) {
    places.set_pools({{.name = "db", .slots = 9}});
    for (InstanceIndex i = 0; i < 12; ++i) {
        const int weight = 1 + static_cast<int>(i);
        const std::string pool = i % 2 == 0 ? "db" : "default_pool";
        places.wait(claim({.weight = weight, .run = 1 + i % 3, .instance = i, .pool = pool}));
    }
    std::vector<InstanceIndex> order;
    while (const auto next = places.next()) {
        places.take(++attempt, *next);
        places.leave(attempt);
        order.push_back(next->candidate.instance);
    }
    EXPECT_THAT(order, ElementsAre(11U, 10U, 9U, 8U, 7U, 6U, 5U, 4U, 3U, 2U, 1U, 0U));
}

TEST_F(PlacesTest, APoolGivesNoMoreThanItsSlots) {
    places.set_pools({{.name = "db", .slots = 2}});
    for (InstanceIndex i = 0; i < 3; ++i) places.wait(claim({.instance = i, .pool = "db"}));
    places.wait(claim({.instance = 7}));
    EXPECT_THAT(give(), ElementsAre(0U, 1U, 7U));
    EXPECT_EQ(places.used_slots("db"), 2);
    places.leave(1);
    EXPECT_EQ(places.used_slots("db"), 1);
    EXPECT_THAT(give(), ElementsAre(2U));
}

TEST_F(PlacesTest, ATaskOfManySlotsDoesNotHoldUpThoseOfFew) {
    places.set_pools({{.name = "db", .slots = 2}});
    places.wait(claim({.weight = 9, .instance = 0, .pool = "db", .slots = 3}));
    places.wait(claim({.run = 2, .instance = 1, .pool = "db"}));
    EXPECT_THAT(give(), ElementsAre(1U));
}

TEST_F(PlacesTest, APoolThatNobodyMadeGivesNothing) {
    places.wait(claim({.pool = "ghost"}));
    EXPECT_THAT(give(), IsEmpty());
    places.set_pools({{.name = "ghost", .slots = 1}});
    EXPECT_THAT(give(), ElementsAre(0U));
}

TEST_F(PlacesTest, APoolOfMinusOneHasNoLimit) {
    places.set_pools({{.name = "default_pool", .slots = -1}});
    for (InstanceIndex i = 0; i < 3; ++i) places.wait(claim({.instance = i, .slots = 1000}));
    EXPECT_THAT(give(), ElementsAre(0U, 1U, 2U));
}

TEST_F(PlacesTest, APoolThatShrinksWaitsUntilItFits) {
    places.set_pools({{.name = "db", .slots = 2}});
    for (InstanceIndex i = 0; i < 3; ++i) places.wait(claim({.instance = i, .pool = "db"}));
    give();
    places.set_pools({{.name = "db", .slots = 1}});
    EXPECT_EQ(places.used_slots("db"), 2);
    places.leave(1);
    EXPECT_THAT(give(), IsEmpty());
    places.leave(2);
    EXPECT_THAT(give(), ElementsAre(2U));
}

TEST_F(PlacesTest, WhatYieldsGoesBehindItsEqualsButNotBehindLighterOnes) {
    places.wait(claim({.weight = 2, .run = 1, .instance = 0, .yields = true}));
    places.wait(claim({.weight = 2, .run = 2, .instance = 1}));
    places.wait(claim({.weight = 1, .run = 3, .instance = 2}));
    EXPECT_THAT(give(), ElementsAre(1U, 0U, 2U));
}

TEST_F(PlacesTest, ARunThatIsHeldGetsNothingUntilItIsResumed) {
    places.wait(claim({.weight = 9, .run = 1, .instance = 0}));
    places.wait(claim({.weight = 1, .run = 2, .instance = 5}));
    places.hold(1);
    places.wait(claim({.weight = 9, .run = 1, .instance = 1}));
    EXPECT_THAT(give(), ElementsAre(5U));
    places.resume(1);
    EXPECT_THAT(give(), ElementsAre(0U, 1U));
}

TEST_F(PlacesTest, ATaskHasNoMoreInstancesThanItSays) {
    for (InstanceIndex i = 0; i < 3; ++i) {
        auto limited = claim({.instance = i, .task = "mapped"});
        limited.per_dag = 1;
        places.wait(limited);
    }
    places.wait(claim({.run = 2, .instance = 9, .task = "other"}));
    EXPECT_THAT(give(), ElementsAre(0U, 9U));
    places.leave(1);
    EXPECT_THAT(give(), ElementsAre(1U));
}

TEST_F(PlacesTest, ALimitPerRunCountsEveryRunForItself) {
    for (const RunHandle run : {1U, 2U}) {
        for (InstanceIndex i = 0; i < 2; ++i) {
            auto limited = claim({.run = run, .instance = i, .task = "mapped"});
            limited.per_dagrun = 1;
            places.wait(limited);
        }
    }
    EXPECT_THAT(give(), ElementsAre(0U, 0U)) << "one of each run";
}

TEST_F(PlacesTest, WhatIsDeferredTakesSlotsOnlyOfAPoolThatCountsIt) {
    places.set_pools(
        {{.name = "counts", .slots = 1, .include_deferred = true}, {.name = "not", .slots = 1}}
    );
    auto deferred = claim({.pool = "counts"});
    deferred.deferred = true;
    places.take(++attempt, deferred);
    deferred.pool = "not";
    places.take(++attempt, deferred);
    EXPECT_EQ(places.used_slots("counts"), 1);
    EXPECT_EQ(places.used_slots("not"), 0);
    EXPECT_EQ(places.taken(), 0U) << "no place of parallelism either";
    places.leave(1);
    EXPECT_EQ(places.used_slots("counts"), 0);
}

TEST_F(PlacesTest, ALingeringAttemptKeepsItsPlaceAndItsTask) {
    places.wait(claim({.instance = 0}));
    give();
    places.linger(1);
    places.wait(claim({.instance = 0}));
    EXPECT_THAT(give(), IsEmpty());
    EXPECT_EQ(places.taken(), 1U);
    places.leave(1);
    EXPECT_THAT(give(), ElementsAre(0U));
}

TEST_F(PlacesTest, WhoeverSchedulesNextIsToldWhatLingersAndWhatIsGone) {
    auto limited = claim({.instance = 0, .slots = 2});
    limited.per_dag = 3;
    limited.per_dagrun = 1;
    places.take(1, limited);
    auto waits = claim({.instance = 1, .task = "waits"});
    waits.deferred = true;
    places.take(2, waits);
    places.linger(1);
    places.linger(1);
    places.linger(2);
    store::Commit commit;
    places.flush(commit);
    ASSERT_THAT(commit.lingering, SizeIs(1)) << "what has no process ends with its scheduler";
    EXPECT_EQ(
        commit.lingering[0],
        (store::LingeringAttempt{
            .attempt = 1,
            .key = limited.key,
            .pool = "default_pool",
            .pool_slots = 2,
            .max_active_tis_per_dag = 3,
            .max_active_tis_per_dagrun = 1
        })
    );
    EXPECT_THAT(commit.gone, IsEmpty());
    places.leave(1);
    places.leave(2);
    places.flush(commit);
    EXPECT_THAT(commit.lingering, IsEmpty()) << "told once";
    EXPECT_THAT(commit.gone, ElementsAre(1));
}

TEST_F(PlacesTest, WhatLingeredForTheSchedulerBeforeHoldsWhatItHeld) {
    places.set_pools({{.name = "p", .slots = 2}});
    auto own = claim({.instance = 0, .pool = "p"});
    own.per_dag = 1;
    places.restore_lingering(
        {{.attempt = 7,
          .key = own.key,
          .pool = "p",
          .pool_slots = 2,
          .max_active_tis_per_dag = 1,
          .max_active_tis_per_dagrun = {}}}
    );
    EXPECT_EQ(places.taken(), 1U);
    EXPECT_EQ(places.used_slots("p"), 2);
    places.wait(own);
    places.wait(claim({.instance = 1, .pool = "p", .task = "other"}));
    EXPECT_THAT(give(), IsEmpty()) << "its pool is full";
    places.set_pools({{.name = "p", .slots = 9}});
    EXPECT_THAT(give(), ElementsAre(1U)) << "its own task waits until it is gone";
    places.leave(7);
    EXPECT_THAT(give(), ElementsAre(0U));
    store::Commit commit;
    places.flush(commit);
    EXPECT_THAT(commit.gone, ElementsAre(7));
}

TEST_F(PlacesTest, ARunThatIsTakenUpAnewKeepsTheLimitOfItsTasks) {
    auto before = claim({.run = 1, .instance = 0});
    before.key.map_index = 0;
    before.per_dagrun = 1;
    places.take(1, before);
    places.linger(1);
    auto after = claim({.run = 2, .instance = 1});
    after.key = before.key;
    after.key.map_index = 1;
    after.per_dagrun = 1;
    places.wait(after);
    EXPECT_THAT(give(), IsEmpty());
    places.leave(1);
    EXPECT_THAT(give(), ElementsAre(1U));
}

TEST_F(PlacesTest, OfARunThatNeverWasNothingIsHeldOrLingers) {
    places.take(1, claim({.run = 1, .instance = 0}));
    places.take(2, claim({.run = 1, .instance = 1}));
    places.take(3, claim({.run = 2, .instance = 2}));
    places.linger(2);
    places.drop_run(1);
    EXPECT_EQ(places.taken(), 1U);
    store::Commit commit;
    places.flush(commit);
    EXPECT_THAT(commit.lingering, IsEmpty());
}

TEST_F(PlacesTest, ForgetsEverybodyOfARun) {
    places.wait(claim({.run = 1, .instance = 0}));
    places.wait(claim({.run = 2, .instance = 1}));
    places.forget_run(1);
    EXPECT_EQ(places.waiting(), 1U);
    EXPECT_THAT(give(), ElementsAre(1U));
}

}  // namespace
}  // namespace reel::scheduler
