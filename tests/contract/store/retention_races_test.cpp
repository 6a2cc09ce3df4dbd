// Retention beside a write that is under way.

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "contract/store/fixture.hpp"
#include "reel/postgres/link.hpp"

namespace reel::store {

namespace {

/// DAG "d" with three versions that nobody has, and a run "r" of the newest, v1.
void save_versions(RunStore& store) {
    for (const auto& [version, hour] :
         {std::pair("v0", 1), std::pair("v2", 2), std::pair("v3", 3), std::pair("v1", 4)}) {
        store.save_dags({a_dag("d", version)}, false, at(hour));
    }
    ASSERT_TRUE(store.commit({.new_runs = {a_run("d", "r")}}));
}

/// Looks until a session of this database waits for the lock of another one.
bool somebody_waits() {
    postgres::Link watcher(empty_store_uri());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
        const auto rows = watcher.exec(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and wait_event_type = 'Lock'"
        );
        if (rows.at(0, 0).value() != "0") return true;
    }
    return false;
}

/// Of Postgres alone: a run would go with its version, for it has no other place.
TEST(RetentionRaces, AVersionStaysThatARunTakesJustNow) {
    const auto store = make_empty_store("postgres");
    for (const auto& [version, hour] : {std::pair("v0", 1), std::pair("v1", 2)}) {
        store->save_dags({a_dag("d", version)}, false, at(hour));
    }
    ASSERT_TRUE(store->commit({.new_runs = {a_run("d", "r")}}));
    EXPECT_EQ(store->count_expired(Remains::dag_version, at(9)), 1U);
    postgres::Link writer(empty_store_uri());
    writer.exec("begin");
    writer.exec("update reel.dag_run set dag_version = 'v0' where run_id = 'r'");
    auto removed = std::async(std::launch::async, [&] {
        return store->delete_expired({Remains::dag_version, at(9), 9}).removed;
    });
    EXPECT_TRUE(somebody_waits()) << "else the removal began too late, or did not look";
    writer.exec("commit");
    EXPECT_EQ(removed.get(), 0U);
    EXPECT_TRUE(store->get_run(core::DagId("d"), core::RunId("r")));
    EXPECT_TRUE(store->get_dag_version(core::DagId("d"), "v0"));
}

TEST(RetentionRaces, ABatchWaitsForNoVersionThatItDoesNotRemove) {
    const auto store = make_empty_store("postgres");
    save_versions(*store);
    EXPECT_EQ(store->count_expired(Remains::dag_version, at(9)), 3U);
    postgres::Link writer(empty_store_uri());
    writer.exec("begin");
    writer.exec("select from reel.dag_version where version in ('v2', 'v3') for key share");
    auto removed = std::async(std::launch::async, [&] {
        return store->delete_expired({Remains::dag_version, at(9), 1}).removed;
    });
    EXPECT_EQ(removed.wait_for(std::chrono::seconds(5)), std::future_status::ready);
    writer.exec("commit");
    EXPECT_EQ(removed.get(), 1U);
    EXPECT_FALSE(store->get_dag_version(core::DagId("d"), "v0"));
}

}  // namespace

}  // namespace reel::store
