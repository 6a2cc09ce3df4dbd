#include "fixture.hpp"

namespace reel::store {
namespace {

class SkippedFires : public RunStoreContract {
  protected:
    static SkippedFiresRecord skip(const std::string& dag_id, int first, int last) {
        return {
            .dag_id = core::DagId(dag_id),
            .first = at(first, 7),
            .last = at(last),
            .count = last - first,
            .recorded_at = at(last, 3)
        };
    }
    std::vector<SkippedFiresRecord> of(const std::string& dag_id) {
        return store->list_skipped_fires(core::DagId(dag_id), {}).items;
    }
};

TEST_P(SkippedFires, AreListedTheLatestFirst) {
    save_dag("d");
    save_dag("e");
    const auto old = skip("d", 1, 3);
    const auto recent = skip("d", 5, 9);
    ASSERT_TRUE(store->commit({.skipped = {old, recent, skip("e", 1, 2)}}));
    EXPECT_EQ(of("d"), (std::vector{recent, old}));
    const auto page = store->list_skipped_fires(core::DagId("d"), {.limit = 1, .offset = 1});
    EXPECT_EQ(page.items, (std::vector{old}));
    EXPECT_EQ(page.total, 2U);
    EXPECT_TRUE(of("none").empty());
}

TEST_P(SkippedFires, ThatGrewReplaceWhatWasRecorded) {
    save_dag("d");
    ASSERT_TRUE(store->commit({.skipped = {skip("d", 1, 3)}}));
    const auto grown = skip("d", 1, 8);
    ASSERT_TRUE(store->commit({.skipped = {skip("d", 1, 5), grown}}));
    EXPECT_EQ(of("d"), (std::vector{grown}));
    ASSERT_TRUE(store->commit({.skipped = {grown}}));
    EXPECT_EQ(of("d"), (std::vector{grown}));
}

TEST_P(SkippedFires, AreCommittedWithTheRunOrNotAtAll) {
    save_dag("d");
    start_run("d", "r");
    NewRun other = a_run("d", "r", 5);
    EXPECT_FALSE(store->commit({.new_runs = {other}, .skipped = {skip("d", 1, 3)}}));
    EXPECT_TRUE(of("d").empty());
}

TEST_P(SkippedFires, OfADagThatIsGoneAreLeftOut) {
    save_dag("d");
    ASSERT_TRUE(store->commit({.skipped = {skip("d", 1, 3), skip("gone", 1, 3)}}));
    EXPECT_TRUE(of("gone").empty());
    ASSERT_TRUE(store->delete_dag(core::DagId("d")));
    EXPECT_TRUE(of("d").empty());
}

INSTANTIATE_TEST_SUITE_P(Stores, SkippedFires, testing::Values("memory", "postgres"));

}  // namespace
}  // namespace reel::store
