#include <gmock/gmock.h>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

using StageTest = WarehouseTest;

constexpr auto movies = R"json({
  "source": {"path": "movies.csv"},
  "rejects": {"max": "100%"},
  "tables": {
    "movies": {"key": "movie_id", "columns": {
        "movie_id": {"from": "id", "type": "integer", "not_null": true},
        "title": {"type": "text"}, "budget": {"type": "bigint"},
        "released": {"type": "date"}, "rating": {"type": "numeric(2,1)"}}},
    "genres": {"each": "genres", "key": "genre_id", "columns": {
        "genre_id": {"from": "id", "type": "integer"}, "name": {"type": "text"}}},
    "movie_genres": {"each": "genres", "key": ["movie_id", "genre_id"], "columns": {
        "movie_id": {"from": "/id", "type": "integer"},
        "genre_id": {"from": "id", "type": "integer"}}}
  }
})json";

constexpr auto header = "id,title,budget,released,rating,genres\n";

std::string plain(const std::string& rejects = "0") {
    return R"({"source": "t.csv", "rejects": ")" + rejects + R"(", "tables": {"t": {"key": "id",
        "columns": {"id": {"type": "integer"}, "name": {"type": "text"}}}}})";
}

TEST_F(StageTest, FeedsAllTablesInOnePass) {
    put("movies.csv",
        std::string(header) +
            "1,Toy Story,30000000,1995-10-30,7.7,\"[{'id': 16, 'name': 'Animation'}]\"\n"
            "2,\"Heat, \"\"the\"\" film\nof 1995\",0,,,\"[{'id': 16, 'name': 'Animation'}, "
            "{'id': 80, 'name': \"\"Crime 'n'\"\"}]\"\n");
    const auto report = stage_ok(movies);
    EXPECT_EQ(report["records_read"], 2);
    EXPECT_EQ(report["file"], "movies.csv");
    EXPECT_EQ(report["sha256"].get<std::string>().size(), 64U);
    const auto& table = report["tables"]["genres"];
    EXPECT_EQ(table["elements_read"], 3);
    EXPECT_EQ(table["staged"], 2);
    EXPECT_EQ(table["duplicates"], 1);
    EXPECT_EQ(report["tables"]["movie_genres"]["staged"], 3);
    const std::string physical = staged["stage.movies"].physical;
    EXPECT_EQ(
        scalar("SELECT title FROM " + physical + " WHERE movie_id = 2"),
        "Heat, \"the\" film\nof 1995"
    );
    EXPECT_EQ(scalar("SELECT budget + 1 FROM " + physical + " WHERE movie_id = 1"), "30000001");
    EXPECT_EQ(scalar("SELECT released FROM " + physical + " WHERE movie_id = 2"), "NULL");
    EXPECT_EQ(scalar("SELECT rating FROM " + physical + " WHERE movie_id = 1"), "7.7");
    EXPECT_EQ(
        scalar("SELECT name FROM " + staged["stage.genres"].physical + " WHERE genre_id = 80"),
        "Crime 'n'"
    );
}

TEST_F(StageTest, MakesTablesThatOutliveACrashWithoutTheHiddenColumn) {
    put("movies.csv", std::string(header) + "1,a,,,,\n");
    stage_ok(movies);
    EXPECT_EQ(
        scalar("SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n "
               "ON n.oid = c.relnamespace WHERE nspname = 'reel_staging' AND relkind = 'r' "
               "AND relpersistence = 'p'"),
        "3"
    );
    EXPECT_EQ(
        scalar("SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM "
               "information_schema.columns WHERE table_schema = 'reel_staging' "
               "AND table_name LIKE 'movies_stage_movies_%'"),
        "movie_id,title,budget,released,rating"
    );
    EXPECT_EQ(
        scalar("SELECT is_nullable FROM information_schema.columns "
               "WHERE table_schema = 'reel_staging' AND column_name = 'genre_id' LIMIT 1"),
        "NO"
    );
}

TEST_F(StageTest, KeepsTheLastRecordOfAKey) {
    put("t.csv", "id,name\n1,first\n2,x\n1,second\n1,third\n");
    const auto report = stage_ok(plain());
    EXPECT_EQ(report["tables"]["t"]["staged"], 2);
    EXPECT_EQ(report["tables"]["t"]["duplicates"], 2);
    EXPECT_EQ(scalar("SELECT name FROM " + staged["stage.t"].physical + " WHERE id = 1"), "third");
}

TEST_F(StageTest, KeepsEveryRowOfATableWithoutAKey) {
    put("t.csv", "id,name\n1,a\n1,a\n");
    const auto report = stage_ok(
        R"({"source": "t.csv", "tables": {"t": {"columns": {"id": "integer", "name": "text"}}}})"
    );
    EXPECT_EQ(report["tables"]["t"]["staged"], 2);
}

TEST_F(StageTest, AccountsForEveryElement) {
    put("movies.csv",
        std::string(header) +
            "1,a,,,,\"[{'id': 1, 'name': 'x'}, {'id': 'y'}]\"\n"
            "1997-08-20,b,,,,\n3,c,,,,oops\n1,d,,,,\"[{'id': 1}]\"\n"
            "4,short\n5,e,,,,\n");
    const auto report = stage_ok(movies);
    EXPECT_EQ(report["records_read"], 6);
    EXPECT_EQ(report["records_quarantined"], 3);
    for (const auto& [name, table] : report["tables"].items()) {
        const auto read = table["elements_read"].get<int>();
        const auto found = table["staged"].get<int>() + table["duplicates"].get<int>() +
                           table["quarantined"].get<int>() + table["filtered"].get<int>();
        EXPECT_EQ(read, found) << name;
    }
    EXPECT_EQ(report["tables"]["movies"]["duplicates"], 1);
    EXPECT_EQ(report["tables"]["movies"]["quarantined"], 3);
    EXPECT_EQ(report["tables"]["genres"]["quarantined"], 1);
    EXPECT_EQ(
        scalar("SELECT count(*) FROM reel.stage_reports WHERE status = 'staged' AND "
               "elements_read = staged + duplicates + quarantined + filtered"),
        "3"
    );
    EXPECT_TRUE(logged("6 records read, 3 rejected"));
    EXPECT_TRUE(logged("movie_genres"));
}

TEST_F(StageTest, PutsEveryRejectIntoQuarantineWithItsBytes) {
    put("movies.csv", std::string(header) + "1,a,,,,\nx9,\"b\n\",,,,\n2,c,,,,\"[{'id': 'q'}]\"\n");
    stage_ok(movies);
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "3");
    const std::string record = " FROM reel.quarantine WHERE rule = 'type' AND element IS NULL";
    EXPECT_EQ(
        scalar("SELECT file || ':' || line || ':' || record_number" + record), "movies.csv:3:2"
    );
    EXPECT_EQ(scalar("SELECT convert_from(raw, 'UTF8')" + record), "x9,\"b\n\",,,,");
    EXPECT_EQ(scalar("SELECT byte_offset" + record), "47");
    EXPECT_EQ(scalar("SELECT column_name || '=' || value" + record), "movie_id=x9");
    EXPECT_THAT(scalar("SELECT reason" + record), HasSubstr("integer"));
    EXPECT_EQ(
        scalar(
            "SELECT table_name || ',' || dag_id || ',' || run_id || ',' || task_id || "
            "',' || attempt" +
            record
        ),
        "movies,movies,r1,stage,1"
    );
    EXPECT_EQ(
        scalar("SELECT table_name || element::text FROM reel.quarantine "
               "WHERE element IS NOT NULL ORDER BY table_name LIMIT 1"),
        "genres0"
    );
}

TEST_F(StageTest, FailsOverTheLimitAndKeepsTheRejectsOnly) {
    std::string content = "id,name\n";
    for (int i = 1; i <= 1000; ++i) {
        content += i % 20 == 0 ? "bad,x\n" : std::to_string(i) + ",x\n";
    }
    put("t.csv", content);
    const auto error = stage_error(plain("1%"));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("50 of 1,000 records were rejected (5%)"));
    EXPECT_THAT(error.message, HasSubstr("limit of 1%"));
    EXPECT_EQ(error.where, "t.csv");
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "50");
    EXPECT_EQ(
        scalar("SELECT status || ' ' || elements_read || ' ' || quarantined "
               "FROM reel.stage_reports"),
        "too_many_rejects 1000 50"
    );
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.staged_tables"), "0");
}

TEST_F(StageTest, AllowsRejectsWithinTheLimit) {
    std::string content = "id,name\nbad,x\n";
    for (int i = 1; i < 100; ++i) {
        content += std::to_string(i) + ",x\n";
    }
    put("t.csv", content);
    EXPECT_EQ(stage_ok(plain("1%"))["tables"]["t"]["staged"], 99);
    EXPECT_TRUE(logged("rejected: t.csv line 2, record 1, column id: integer: "));
}

TEST_F(StageTest, AllowsNoRejectByDefault) {
    put("t.csv", "id,name\n1,a\n,b\n");
    const auto error = stage_error(
        R"({"source": "t.csv", "tables": {"t": {"key": "id", "columns": {"id": "integer"}}}})"
    );
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_EQ(scalar("SELECT rule FROM reel.quarantine"), "key");
}

TEST_F(StageTest, ReadsAnEmptyFileWithAHeader) {
    put("t.csv", "id,name\n");
    const auto report = stage_ok(plain());
    EXPECT_EQ(report["records_read"], 0);
    EXPECT_EQ(report["tables"]["t"]["staged"], 0);
    EXPECT_EQ(scalar("SELECT count(*) FROM " + staged["stage.t"].physical), "0");
}

TEST_F(StageTest, StagesManyRowsOfSeveralTablesThroughOneConnection) {
    std::string content = "id,name,tags\n";
    for (int i = 1; i <= 30000; ++i) {
        content += std::to_string(i) + ",\"" + std::string(80, 'x') +
                   "\",\"[{'t': " + std::to_string(i % 7) +
                   "}, {'t': " + std::to_string(i % 5 + 10) + "}]\"\n";
    }
    put("t.csv", content);
    const auto report = stage_ok(R"({"source": "t.csv", "tables": {
        "t": {"key": "id", "columns": {"id": "integer", "name": "text"}},
        "pairs": {"each": "tags", "columns": {"id": {"from": "/id", "type": "integer"},
            "tag": {"from": "t", "type": "integer"}, "name": {"from": "/name"}}},
        "tags": {"each": "tags", "key": "tag", "columns": {"tag": {"from": "t", "type": "integer"}}}
    }})");
    EXPECT_EQ(report["tables"]["t"]["staged"], 30000);
    EXPECT_EQ(report["tables"]["pairs"]["staged"], 60000);
    EXPECT_EQ(report["tables"]["tags"]["staged"], 12);
    EXPECT_EQ(report["tables"]["tags"]["duplicates"], 59988);
    EXPECT_EQ(scalar("SELECT sum(id) FROM " + staged["stage.t"].physical), "450015000");
}

TEST_F(StageTest, ReplacesTheTablesOfAnEarlierAttempt) {
    put("t.csv", "id,name\n1,a\n");
    stage_ok(plain());
    const auto first = staged["stage.t"].physical;
    attempt = 2;
    stage_ok(plain());
    EXPECT_NE(staged["stage.t"].physical, first);
    EXPECT_EQ(staging_tables(), "1");
    EXPECT_EQ(scalar("SELECT attempt FROM reel.staged_tables"), "2");
}

TEST_F(StageTest, RefusesAStaleAttempt) {
    put("t.csv", "id,name\n1,a\n");
    attempt = 2;
    stage_ok(plain());
    attempt = 1;
    const auto error = stage_error(plain());
    EXPECT_EQ(error.code, core::Errc::conflict);
    EXPECT_THAT(error.message, HasSubstr("attempt 1 is stale"));
    EXPECT_EQ(staging_tables(), "1");
}

TEST_F(StageTest, StagesTheSameAttemptAgain) {
    attempt = 0;
    put("t.csv", "id,name\n1,a\n");
    stage_ok(plain());
    put("t.csv", "id,name\n1,a\n2,b\n");
    stage_ok(plain());
    EXPECT_EQ(scalar("SELECT count(*) FROM " + staged["stage.t"].physical), "2");
    EXPECT_EQ(staging_tables(), "1");
}

TEST_F(StageTest, LeavesOtherRunsAlone) {
    put("t.csv", "id,name\n1,a\n");
    stage_ok(plain());
    run = "r2";
    attempt = 2;
    stage_ok(plain());
    EXPECT_EQ(staging_tables(), "2");
}

TEST_F(StageTest, DropsTheTablesOfARun) {
    put("t.csv", "id,name\n1,a\n");
    stage_ok(plain());
    run = "r2";
    attempt = 2;
    stage_ok(plain());
    const auto day = std::chrono::hours(24);
    EXPECT_EQ(drop_staged(uri, core::DagId("movies"), core::RunId("r1"), day).value(), 1);
    EXPECT_EQ(staging_tables(), "1");
    EXPECT_EQ(scalar("SELECT run_id FROM reel.staged_tables"), "r2");
    EXPECT_EQ(drop_staged(uri, core::DagId("movies"), core::RunId("r1"), day).value(), 0);
}

TEST_F(StageTest, DropsOldTablesOfAnyRun) {
    put("t.csv", "id,name\n1,a\n");
    stage_ok(plain());
    exec("UPDATE reel.staged_tables SET staged_at = now() - interval '2 days'");
    const auto day = std::chrono::hours(24);
    EXPECT_EQ(drop_staged(uri, core::DagId("other"), core::RunId("x"), day).value(), 1);
    EXPECT_EQ(staging_tables(), "0");
}

TEST_F(StageTest, DropsWhatWasStagedBeforeAMomentButNothingOfActiveRuns) {
    put("t.csv", "id,name\n1,a\n");
    for (const char* name : {"r1", "r2", "r3"}) {
        run = name;
        ++attempt;
        stage_ok(plain());
    }
    exec("UPDATE reel.staged_tables SET staged_at = '2026-01-02Z' WHERE run_id <> 'r3'");
    const auto moment = core::parse_timestamp("2026-01-03").value();
    const std::vector active{std::pair(core::DagId("movies"), core::RunId("r2"))};
    EXPECT_EQ(drop_staged_before(uri, moment, active, true).value(), 1);
    EXPECT_EQ(staging_tables(), "3") << "a dry run";
    EXPECT_EQ(drop_staged_before(uri, moment, active, false).value(), 1);
    EXPECT_EQ(staging_tables(), "2");
    EXPECT_EQ(drop_staged_before(uri, moment, {}, false).value(), 1);
    EXPECT_EQ(scalar("SELECT run_id FROM reel.staged_tables"), "r3");
    EXPECT_EQ(drop_staged_before(uri, moment - std::chrono::hours(48), {}, false).value(), 0);
}

TEST_F(StageTest, DropsNothingWhereNothingWasEverStaged) {
    EXPECT_EQ(drop_staged_before(uri, core::Timestamp::max(), {}, false).value(), 0);
    EXPECT_EQ(drop_staged(uri, core::DagId("d"), core::RunId("r"), core::Duration(0)).value(), 0);
    EXPECT_EQ(scalar("SELECT to_regclass('reel.loads')"), "NULL");
}

}  // namespace

}  // namespace reel::warehouse
