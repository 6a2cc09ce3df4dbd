#include <gmock/gmock.h>

#include <future>
#include <optional>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

/// Somebody who knows nothing of Reel's locks writes into the target while a load is under way.
class UpsertForeignWritersTest : public UpsertTest {
  protected:
    void SetUp() override {
        exec(
            "CREATE SCHEMA m; CREATE TABLE m.t (id integer PRIMARY KEY, name text);"
            "INSERT INTO m.t SELECT i, 'n' || i FROM generate_series(1, 6000) AS i"
        );
    }
    /// Loads 1 … 6010 with other names for 1 … `changed`, while `statement` is done but not
    /// committed yet.
    Json load_beside(const std::string& statement, int changed = 10) {
        postgres::Link foreign(uri);
        std::optional<postgres::LinkTransaction> transaction(std::in_place, foreign);
        foreign.exec(statement);
        auto load = std::async(std::launch::async, [&] {
            return upsert_ok(
                R"({"into": "m.t", "key": "id", "query": )"
                R"("select i as id, case when i <= )" +
                std::to_string(changed) +
                R"( then 'x' else 'n' end || i as name from generate_series(1, 6010) as i"})"
            );
        });
        wait_until_it_waits();
        transaction->commit();
        return load.get();
    }
    /// Until the load has met the other one's row.
    void wait_until_it_waits() {
        postgres::Link link(uri);
        const auto waiting = [&link] {
            return link.exec(
                           "SELECT count(*) > 0 AS found FROM pg_stat_activity "
                           "WHERE datname = current_database() AND wait_event_type = 'Lock' "
                           "AND application_name = 'reel upsert'"
                   )
                       .at(0, "found") == "t";
        };
        while (!waiting()) {
        }
    }
    std::string row(int id) {
        return scalar("SELECT name FROM m.t WHERE id = " + std::to_string(id));
    }
    std::string rows() { return scalar("SELECT count(*) FROM m.t"); }
};

TEST_F(UpsertForeignWritersTest, MayInsertTheSameKeys) {
    const auto report = load_beside("INSERT INTO m.t VALUES (6001, 'theirs'), (7000, 'kept')");
    EXPECT_EQ(report["strategy"], "compare");
    EXPECT_EQ(counts(report), "9 11 5990 0");
    EXPECT_EQ(row(6001), "n6001");
    EXPECT_EQ(row(7000), "kept");
    EXPECT_EQ(rows(), "6011");
}

TEST_F(UpsertForeignWritersTest, MayInsertTheSameRows) {
    const auto report = load_beside("INSERT INTO m.t VALUES (6001, 'n6001')");
    EXPECT_EQ(counts(report), "9 10 5991 0");
    EXPECT_EQ(rows(), "6010");
}

TEST_F(UpsertForeignWritersTest, MayUpdateTheSameRows) {
    const auto report = load_beside("UPDATE m.t SET name = 'theirs' WHERE id = 5");
    EXPECT_EQ(counts(report), "10 10 5990 0");
    EXPECT_EQ(row(5), "x5");
    EXPECT_EQ(rows(), "6010");
}

TEST_F(UpsertForeignWritersTest, MayDeleteTheSameRows) {
    const auto report = load_beside("DELETE FROM m.t WHERE id = 5");
    EXPECT_EQ(counts(report), "11 9 5990 0");
    EXPECT_EQ(row(5), "x5");
    EXPECT_EQ(rows(), "6010");
}

TEST_F(UpsertForeignWritersTest, MayInsertWhatIsMerged) {
    const auto report =
        load_beside("INSERT INTO m.t VALUES (6001, 'theirs'), (7000, 'kept')", 6000);
    EXPECT_EQ(report["strategy"], "merge");
    EXPECT_EQ(counts(report), "9 6001 0 0");
    EXPECT_EQ(row(6001), "n6001");
    EXPECT_EQ(row(7000), "kept");
    EXPECT_EQ(rows(), "6011");
}

TEST_F(UpsertForeignWritersTest, MayUpdateWhatIsMerged) {
    const auto report = load_beside("UPDATE m.t SET name = 'x5' WHERE id = 5", 6000);
    EXPECT_EQ(report["strategy"], "merge");
    EXPECT_EQ(counts(report), "10 5999 1 0");
    EXPECT_EQ(row(5), "x5");
    EXPECT_EQ(rows(), "6010");
}

TEST_F(UpsertForeignWritersTest, MayDeleteWhatIsMerged) {
    const auto report = load_beside("DELETE FROM m.t WHERE id = 5", 6000);
    EXPECT_EQ(report["strategy"], "merge");
    EXPECT_EQ(counts(report), "11 5999 0 0");
    EXPECT_EQ(row(5), "x5");
    EXPECT_EQ(rows(), "6010");
}

TEST_F(UpsertForeignWritersTest, MayFillATableThatWasEmpty) {
    exec("TRUNCATE m.t");
    const auto report = load_beside("INSERT INTO m.t VALUES (5, 'theirs'), (6, 'x6')");
    EXPECT_EQ(report["strategy"], "insert");
    EXPECT_EQ(counts(report), "6008 1 1 0");
    EXPECT_EQ(row(5), "x5");
    EXPECT_EQ(rows(), "6010");
}

}  // namespace

}  // namespace reel::warehouse
