#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"
#include "support/lingering.hpp"

namespace reel::store {

namespace {

using core::Errc;
using core::TaskState;
using testing::Contains;
using testing::ElementsAre;

PoolRecord a_pool(const std::string& name, int slots) {
    return {.name = name, .slots = slots, .description = "it's \"ü\"", .include_deferred = true};
}

TEST_P(RunStoreContract, ThereIsADefaultPoolFromTheBeginning) {
    EXPECT_THAT(store->list_pools(), ElementsAre(PoolRecord{}));
}

TEST_P(RunStoreContract, APoolIsSetReadReplacedAndDeleted) {
    store->set_pool(a_pool("db", 3));
    EXPECT_EQ(store->get_pool("db").value(), a_pool("db", 3));
    store->set_pool(a_pool("db", -1));
    EXPECT_THAT(store->list_pools(), ElementsAre(a_pool("db", -1), PoolRecord{}));
    EXPECT_TRUE(store->delete_pool("db"));
    EXPECT_EQ(code_of(store->get_pool("db")), Errc::not_found);
    EXPECT_EQ(code_of(store->delete_pool("db")), Errc::not_found);
}

TEST_P(RunStoreContract, TheDefaultPoolIsChangedButNotDeleted) {
    PoolRecord small;
    small.slots = 2;
    store->set_pool(small);
    EXPECT_EQ(store->get_pool("default_pool")->slots, 2);
    EXPECT_EQ(code_of(store->delete_pool("default_pool")), Errc::invalid_argument);
}

TEST_P(RunStoreContract, SlotsAreCountedByPoolAndState) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1");
    run.tasks[0].pool = "db";
    run.tasks[0].pool_slots = 3;
    run.tasks[0].state = TaskState::running;
    run.tasks[1].state = TaskState::scheduled;
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    NewRun other = a_run("movies", "r2", 1);
    other.tasks[0].pool = "db";
    other.tasks[0].state = TaskState::running;
    other.tasks[1].state = TaskState::success;
    ASSERT_TRUE(store->commit({.new_runs = {other}}));
    EXPECT_THAT(
        store->count_pool_slots(),
        ElementsAre(
            PoolUse{"db", TaskState::running, 4}, PoolUse{"default_pool", TaskState::scheduled, 1}
        )
    );
    auto lingers = support::a_lingering(77, key_of("movies", "gone", "load"));
    ASSERT_TRUE(store->commit({.lingering = {lingers}}));
    EXPECT_THAT(
        store->count_pool_slots(), Contains(PoolUse{"default_pool", TaskState::running, 1})
    );
}

}  // namespace
}  // namespace reel::store
