#include "warehouse/schema.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <thread>

#include "warehouse/failure.hpp"
#include "warehouse/registry.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class SchemaTest : public WarehouseTest {
  protected:
    std::string tables() {
        return scalar(
            "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables "
            "WHERE schemaname = 'reel'"
        );
    }

    std::future<void> make_elsewhere() {
        return std::async(std::launch::async, [this] {
            postgres::Link other(uri);
            ensure_schema(other);
        });
    }

    void wait_until_somebody_waits_for(const std::string& kind) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        const std::string waiting =
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = '" + kind +
            "' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while (scalar(waiting) == "0") {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "nobody waits for " << kind;
            std::this_thread::yield();
        }
    }
};

TEST_F(SchemaTest, IsMadeOnFirstUse) {
    postgres::Link link(uri);
    EXPECT_FALSE(schema_exists(link));
    ensure_schema(link);
    EXPECT_TRUE(schema_exists(link));
    EXPECT_EQ(
        tables(),
        "loads quality_results quarantine_batches quarantine_replays quarantine_rows stage_reports "
        "staged_tables target_states warehouse_schema"
    );
    EXPECT_EQ(scalar("SELECT to_regnamespace('reel_staging') IS NOT NULL"), "t");
}

TEST_F(SchemaTest, IsMadeOnceHoweverOften) {
    postgres::Link link(uri);
    ensure_schema(link);
    exec(
        "INSERT INTO reel.quality_results (table_name, check_name, severity, status, expected, "
        "failures, dag_id, run_id, task_id, map_index, try_number, attempt) "
        "VALUES ('t', 'c', 'error', 'pass', '', 0, 'd', 'r', 't', -1, 1, 1)"
    );
    ensure_schema(link);
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quality_results"), "1");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.warehouse_schema"), "1");
}

TEST_F(SchemaTest, IsMadeByManyAtOnce) {
    std::vector<std::future<void>> makers;
    for (int i = 0; i < 6; ++i) {
        makers.push_back(make_elsewhere());
    }
    for (auto& maker : makers) {
        EXPECT_NO_THROW(maker.get());
    }
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.warehouse_schema"), "1");
}

/// As a load that has staged a table, and has more to do before it commits.
void hold_a_row(postgres::Link& link) {
    link.exec("BEGIN");
    link.exec(
        "INSERT INTO reel.staged_tables (physical, table_name, dag_id, run_id, task_id, map_index, "
        "try_number, attempt, source_file, content_hash, rows) "
        "VALUES ('reel_staging.x', 't', 'd', 'r', 't', -1, 1, 1, 'f', '', 0)"
    );
}

TEST_F(SchemaTest, IsNotMadeAgainByWhoeverWaitedForItsTurn) {
    postgres::Link link(uri);
    ensure_schema(link);
    exec("UPDATE reel.warehouse_schema SET version = 1");
    postgres::Link first(uri);
    first.exec("BEGIN");
    first.exec("SELECT pg_advisory_xact_lock(hashtextextended('reel.warehouse.ddl', 0))");
    first.exec("UPDATE reel.warehouse_schema SET version = 6");
    auto second = make_elsewhere();
    wait_until_somebody_waits_for("advisory");
    postgres::Link load(uri);
    hold_a_row(load);
    first.exec("COMMIT");
    EXPECT_EQ(second.wait_for(std::chrono::seconds(30)), std::future_status::ready);
    load.exec("ROLLBACK");
    second.get();
}

TEST_F(SchemaTest, IsMadeAroundLoadsThatAreUnderWayAndStopsNone) {
    postgres::Link link(uri);
    ensure_schema(link);
    exec("UPDATE reel.warehouse_schema SET version = 1");
    postgres::Link load(uri);
    hold_a_row(load);
    auto maker = make_elsewhere();
    wait_until_somebody_waits_for("relation");
    // The same load's other connection: the first does not commit before it.
    postgres::Link rejects(uri);
    rejects.exec("SET lock_timeout = '30s'");
    rejects.exec("BEGIN");
    EXPECT_NO_THROW(rejects.exec("LOCK TABLE reel.quarantine_batches IN ROW EXCLUSIVE MODE"));
    rejects.exec("ROLLBACK");
    load.exec("COMMIT");
    maker.get();
    EXPECT_EQ(scalar("SELECT version FROM reel.warehouse_schema"), "6");
}

TEST_F(SchemaTest, RepairsWhatIsMissing) {
    exec(
        "CREATE SCHEMA reel; CREATE TABLE reel.loads (load_id text PRIMARY KEY, dag_id text, "
        "run_id text, task_id text, target text, finished_at timestamptz)"
    );
    postgres::Link link(uri);
    ensure_schema(link);
    EXPECT_THAT(tables(), HasSubstr("quarantine"));
}

TEST_F(SchemaTest, HoldsTheEquations) {
    postgres::Link link(uri);
    ensure_schema(link);
    const std::string load =
        "INSERT INTO reel.loads (load_id, dag_id, run_id, task_id, map_index, try_number, attempt, "
        "target, mode, rows, inserted, updated, unchanged, started_at, finished_at) "
        "VALUES ('x', 'd', 'r', 't', -1, 1, 1, 'a.b', 'upsert', 3, 1, 1, 0, now(), now())";
    EXPECT_THROW(link.exec(load), postgres::DatabaseError);
    const std::string report =
        "INSERT INTO reel.stage_reports (file, content_hash, bytes, records_read, "
        "records_quarantined, table_name, elements_read, staged, duplicates, quarantined, "
        "filtered, "
        "status, dag_id, run_id, task_id, map_index, try_number, attempt) "
        "VALUES ('f', '', 0, 3, 0, 't', 3, 2, 0, 0, 0, 'staged', 'd', 'r', 't', -1, 1, 1)";
    EXPECT_THROW(link.exec(report), postgres::DatabaseError);
}

TEST_F(SchemaTest, WithoutPermissionIsAClearError) {
    exec("DROP ROLE IF EXISTS reel_reader; CREATE ROLE reel_reader");
    const auto denied = guarded("stage", [&]() -> core::Result<int> {
        postgres::Link link(uri);
        link.exec("SET ROLE reel_reader");
        ensure_schema(link);
        return 0;
    });
    ASSERT_FALSE(denied.has_value());
    EXPECT_EQ(denied.error().code, core::Errc::permission_denied);
    EXPECT_THAT(denied.error().message, HasSubstr("permission denied"));
    EXPECT_THAT(denied.error().hint, HasSubstr("grant"));
    exec("DROP ROLE reel_reader");
}

class RegistryTest : public WarehouseTest {
  protected:
    void SetUp() override {
        postgres::Link link(uri);
        ensure_schema(link);
    }
    /// A staged table of a task's attempt, with its row.
    void add(const std::string& table, const std::string& task, int of_attempt) {
        exec(
            "CREATE TABLE reel_staging." + table +
            " (a integer);"
            "INSERT INTO reel.staged_tables (physical, table_name, dag_id, run_id, task_id, "
            "map_index, try_number, attempt, source_file, content_hash, rows) VALUES "
            "('reel_staging." +
            table + "', 't', 'movies', 'r1', '" + task + "', -1, 1, " + std::to_string(of_attempt) +
            ", 'f.csv', 'abc', 5)"
        );
    }
};

TEST_F(RegistryTest, FindsAStagedTable) {
    add("a", "stage", 1);
    postgres::Link link(uri);
    const auto found = find_registered(link, "reel_staging.a");
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->source_file, "f.csv");
    EXPECT_EQ(found->content_hash, "abc");
    EXPECT_EQ(found->rows, 5);
    EXPECT_EQ(found->staged_id.size(), 36U);
    EXPECT_FALSE(find_registered(link, "reel_staging.b").has_value());
}

TEST_F(RegistryTest, GivesEveryTableAnIdentityOfItsOwn) {
    add("a", "stage", 1);
    postgres::Link link(uri);
    const auto first = find_registered(link, "reel_staging.a")->staged_id;
    exec("DROP TABLE reel_staging.a; DELETE FROM reel.staged_tables");
    add("a", "stage", 1);
    EXPECT_NE(find_registered(link, "reel_staging.a")->staged_id, first);
}

TEST_F(RegistryTest, DropsEarlierAttemptsOfTheSameTaskOnly) {
    add("a", "stage", 1);
    add("b", "stage", 2);
    add("c", "other", 1);
    attempt = 3;
    postgres::Link link(uri);
    EXPECT_EQ(drop_earlier_attempts(link, context().identity).value(), 2);
    EXPECT_EQ(
        scalar("SELECT string_agg(tablename, ' ') FROM pg_tables "
               "WHERE schemaname = 'reel_staging'"),
        "c"
    );
    EXPECT_EQ(drop_earlier_attempts(link, context().identity).value(), 0);
}

TEST_F(RegistryTest, TellsMappedInstancesApart) {
    add("a", "stage", 1);
    auto mapped = context().identity;
    mapped.key.map_index = 4;
    mapped.attempt = 9;
    postgres::Link link(uri);
    EXPECT_EQ(drop_earlier_attempts(link, mapped).value(), 0);
}

TEST_F(RegistryTest, SurvivesATableThatSomeoneDropped) {
    add("a", "stage", 1);
    exec("DROP TABLE reel_staging.a");
    attempt = 2;
    postgres::Link link(uri);
    EXPECT_EQ(drop_earlier_attempts(link, context().identity).value(), 1);
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.staged_tables"), "0");
}

TEST_F(RegistryTest, StopsAStaleAttempt) {
    add("a", "stage", 7);
    attempt = 6;
    postgres::Link link(uri);
    const auto stale = drop_earlier_attempts(link, context().identity);
    ASSERT_FALSE(stale.has_value());
    EXPECT_THAT(stale.error().message, HasSubstr("attempt 7 of the same task has staged"));
    EXPECT_EQ(staging_tables(), "1");
}

TEST_F(RegistryTest, IdentityParametersStandInOrder) {
    const auto params = identity_params(context("load").identity);
    EXPECT_THAT(
        params,
        testing::ElementsAre(
            postgres::Param("movies"),
            postgres::Param("r1"),
            postgres::Param("load"),
            postgres::Param("-1"),
            postgres::Param("1"),
            postgres::Param("1")
        )
    );
}

}  // namespace

}  // namespace reel::warehouse
