#include "fixture.hpp"

namespace reel::store {
namespace {

/// How DAGs stand whose failures are counted.
class Standings : public RunStoreContract {
  protected:
    DagRecord d() { return store->get_dag(core::DagId("d")).value(); }
};

TEST_P(Standings, ArePartOfACommitAndApplyInTheirOrder) {
    save_dag("d");
    const core::DagId id("d");
    ASSERT_TRUE(store->set_paused(id, false));
    EXPECT_EQ(d().consecutive_failed_runs, 0);
    ASSERT_TRUE(store->commit(
        {.standings =
             {{.dag_id = id, .is_paused = true, .consecutive_failed_runs = 1},
              {.dag_id = id, .is_paused = std::nullopt, .consecutive_failed_runs = 2},
              {.dag_id = core::DagId("none"), .is_paused = true, .consecutive_failed_runs = 9}}}
    ));
    EXPECT_TRUE(d().is_paused) << "the second says nothing about that";
    EXPECT_EQ(d().consecutive_failed_runs, 2);
    ASSERT_TRUE(store->commit(
        {.standings =
             {{.dag_id = id, .is_paused = true, .consecutive_failed_runs = 3},
              {.dag_id = id, .is_paused = false, .consecutive_failed_runs = 3}}}
    ));
    EXPECT_FALSE(d().is_paused);
    EXPECT_EQ(store->list_dags({}).items.at(0).consecutive_failed_runs, 3);
}

TEST_P(Standings, AreNotStoredWithACommitThatIsRefused) {
    save_dag("d");
    start_run("d", "r");
    EXPECT_FALSE(store->commit(
        {.new_runs = {a_run("d", "r", 5)},
         .standings = {{.dag_id = core::DagId("d"), .is_paused = {}, .consecutive_failed_runs = 3}}}
    ));
    EXPECT_EQ(d().consecutive_failed_runs, 0);
}

TEST_P(Standings, BeginAnewWhenSomebodyUnpauses) {
    save_dag("d");
    const core::DagId id("d");
    ASSERT_TRUE(store->commit(
        {.standings = {{.dag_id = id, .is_paused = true, .consecutive_failed_runs = 3}}}
    ));
    ASSERT_TRUE(store->set_paused(id, true));
    EXPECT_EQ(d().consecutive_failed_runs, 3);
    ASSERT_TRUE(store->set_paused(id, false));
    EXPECT_EQ(d().consecutive_failed_runs, 0);
}

TEST_P(Standings, SurviveANewVersionOfTheDag) {
    save_dag("d");
    ASSERT_TRUE(store->commit(
        {.standings = {{.dag_id = core::DagId("d"), .is_paused = {}, .consecutive_failed_runs = 2}}}
    ));
    save_dag("d", "v2");
    EXPECT_EQ(d().consecutive_failed_runs, 2);
}

TEST_P(Standings, AreToldWhenDagsAreSaved) {
    core::Dag plain = a_dag("plain", "v1");
    plain.tags = {"x", "y"};
    store->save_dags({plain, a_dag("other")}, true, at(1));
    ASSERT_TRUE(store->set_paused(core::DagId("plain"), false));
    plain.version = "v2";
    const auto told = store->save_dags({plain, a_dag("another"), plain}, true, at(2));
    DagFilter these;
    these.ids = {core::DagId("another"), core::DagId("plain")};
    EXPECT_EQ(told, store->summarize_dags(these).items);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[0].is_paused);
    EXPECT_FALSE(told[1].is_paused);
    EXPECT_EQ(told[1].version_number, 2);
}

INSTANTIATE_TEST_SUITE_P(Stores, Standings, testing::Values("memory", "postgres"));

}  // namespace
}  // namespace reel::store
