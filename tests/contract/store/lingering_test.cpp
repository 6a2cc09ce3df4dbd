#include <gmock/gmock.h>

#include "fixture.hpp"

namespace reel::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What was ended by decree and may still live.
class Lingering : public RunStoreContract {
  protected:
    static LingeringAttempt lingering(core::AttemptId attempt) {
        return {
            .attempt = attempt,
            .key = key_of("movies", "r1", "load"),
            .pool = "it's {\"x\"}",
            .pool_slots = 3,
            .max_active_tis_per_dag = 2,
            .max_active_tis_per_dagrun = std::nullopt
        };
    }
};

TEST_P(Lingering, IsThereUntilItIsGoneHoweverOftenThatIsSaid) {
    EXPECT_THAT(store->load_lingering(), IsEmpty());
    LingeringAttempt mapped = lingering(5);
    mapped.key.map_index = 7;
    mapped.max_active_tis_per_dag.reset();
    mapped.max_active_tis_per_dagrun = 1;
    const Commit both{.lingering = {lingering(9), mapped}};
    for (int time = 0; time < 2; ++time) ASSERT_TRUE(store->commit(both));
    EXPECT_THAT(store->load_lingering(), ElementsAre(mapped, lingering(9)));
    for (int time = 0; time < 2; ++time) ASSERT_TRUE(store->commit({.gone = {5, 77}}));
    EXPECT_THAT(store->load_lingering(), ElementsAre(lingering(9)));
}

TEST_P(Lingering, ThatIsGoneInTheSameCommitIsNotThere) {
    ASSERT_TRUE(store->commit({.lingering = {lingering(9)}, .gone = {9}}));
    EXPECT_THAT(store->load_lingering(), IsEmpty());
}

TEST_P(Lingering, OutlivesItsRun) {
    save_dag("movies");
    start_run("movies", "r1");
    ASSERT_TRUE(store->commit({.lingering = {lingering(9)}}));
    store->delete_runs({{core::DagId("movies"), core::RunId("r1")}});
    EXPECT_THAT(store->load_lingering(), ElementsAre(lingering(9)));
}

TEST_P(Lingering, IsNotStoredWithACommitThatIsRefused) {
    save_dag("movies");
    start_run("movies", "r1");
    EXPECT_FALSE(store->commit({.new_runs = {a_run("movies", "r1", 5)}, .lingering = {lingering(9)}}
    ));
    EXPECT_THAT(store->load_lingering(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, Lingering, testing::Values("memory", "postgres"));

}  // namespace
}  // namespace reel::store
