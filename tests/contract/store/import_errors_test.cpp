#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

ImportErrorRecord an_error(const std::string& filename, const std::string& text) {
    return {.id = 0, .filename = filename, .at = at(1, 1), .stack_trace = text};
}

TEST_P(RunStoreContract, ImportErrorsReplaceAllThatWereThere) {
    store->save_import_errors({an_error("b.yaml", "b.yaml:1:2: bad"), an_error("a.yaml", "x")});
    store->save_import_errors({an_error("b.yaml", "b.yaml:3:4: worse")});
    const auto listing = store->list_import_errors({});
    ASSERT_EQ(listing.total, 1U);
    EXPECT_EQ(listing.items[0].filename, "b.yaml");
    EXPECT_EQ(listing.items[0].stack_trace, "b.yaml:3:4: worse");
    EXPECT_EQ(listing.items[0].at, at(1, 1));
    store->save_import_errors({});
    EXPECT_EQ(store->list_import_errors({}).total, 0U);
}

TEST_P(RunStoreContract, AnImportErrorKeepsItsIdWhileItLasts) {
    store->save_import_errors({an_error("a.yaml", "1"), an_error("b.yaml", "1")});
    const auto before = store->list_import_errors({}).items;
    store->save_import_errors({an_error("b.yaml", "2")});
    const auto after = store->list_import_errors({}).items;
    ASSERT_EQ(before.size(), 2U);
    EXPECT_NE(before[0].id, before[1].id);
    EXPECT_EQ(after.at(0).id, before[1].id);
}

TEST_P(RunStoreContract, SeveralErrorsOfOneFileBecomeOne) {
    store->save_import_errors({an_error("a.yaml", "first"), an_error("a.yaml", "second")});
    const auto listing = store->list_import_errors({});
    ASSERT_EQ(listing.total, 1U);
    EXPECT_EQ(listing.items[0].stack_trace, "first\nsecond");
}

TEST_P(RunStoreContract, ImportErrorsArePagedByFileName) {
    store->save_import_errors({an_error("c", ""), an_error("a", ""), an_error("b", "")});
    const auto page = store->list_import_errors({.limit = 1, .offset = 1});
    EXPECT_EQ(page.total, 3U);
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].filename, "b");
}

TEST_P(RunStoreContract, ADagKnowsThatItsFileHasErrorsNow) {
    save_dag("movies");
    store->save_import_errors({an_error("movies.yaml", "broken")});
    EXPECT_TRUE(store->get_dag(core::DagId("movies"))->has_import_errors);
    EXPECT_TRUE(store->list_dags({}).items.at(0).has_import_errors);
    store->save_import_errors({});
    EXPECT_FALSE(store->get_dag(core::DagId("movies"))->has_import_errors);
}

}  // namespace

}  // namespace reel::store
