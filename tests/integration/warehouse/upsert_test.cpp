#include <gmock/gmock.h>

#include <future>

#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

TEST_F(UpsertTest, MakesSchemaTableAndKey) {
    stage_rows("1,a\n2,b\n");
    EXPECT_EQ(counts(upsert_ok(into_t)), "2 0 0 0");
    EXPECT_EQ(content(), "1=a 2=b");
    EXPECT_EQ(
        scalar("SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable, ', ' "
               "ORDER BY ordinal_position) FROM information_schema.columns "
               "WHERE table_schema = 'm'"),
        "id integer NO, name text YES"
    );
    EXPECT_EQ(
        scalar("SELECT pg_get_constraintdef(oid) FROM pg_constraint "
               "WHERE conrelid = 'm.t'::regclass"),
        "PRIMARY KEY (id)"
    );
    EXPECT_EQ(scalar("SELECT relpersistence FROM pg_class WHERE oid = 'm.t'::regclass"), "p");
    EXPECT_TRUE(logged("m.t: create (the table is new; others read the staged one, too)"));
}

TEST_F(UpsertTest, CountsInsertedUpdatedAndUnchangedExactly) {
    stage_rows("1,a\n2,b\n3,\n");
    upsert_ok(into_t);
    stage_rows("1,a\n2,changed\n3,\n4,new\n");
    EXPECT_EQ(counts(upsert_ok(into_t)), "1 1 2 0");
    EXPECT_EQ(content(), "1=a 2=changed 3=NULL 4=new");
}

TEST_F(UpsertTest, ChangesNothingTheSecondTime) {
    stage_rows("1,a\n2,b\n");
    upsert_ok(into_t);
    const auto before = scalar("SELECT string_agg(xmin::text, ',') FROM m.t");
    stage_rows("1,a\n2,b\n");
    EXPECT_EQ(counts(upsert_ok(into_t)), "0 0 2 0");
    EXPECT_EQ(scalar("SELECT string_agg(xmin::text, ',') FROM m.t"), before);
}

TEST_F(UpsertTest, SeesAChangeFromAndToNull) {
    stage_rows("1,a\n2,\n");
    upsert_ok(into_t);
    stage_rows("1,\n2,b\n");
    EXPECT_EQ(counts(upsert_ok(into_t)), "0 2 0 0");
    EXPECT_EQ(content(), "1=NULL 2=b");
}

TEST_F(UpsertTest, PublishesTheSameStagedDataOnce) {
    stage_rows("1,a\n2,b\n");
    const std::string append = R"({"from": "stage.t", "into": "m.log"})";
    EXPECT_EQ(upsert_ok(append)["already_loaded"], false);
    ++attempt;
    const auto again = upsert_ok(append);
    EXPECT_EQ(again["already_loaded"], true);
    EXPECT_EQ(again["inserted"], 2);
    EXPECT_EQ(scalar("SELECT count(*) FROM m.log"), "2");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "1");
    EXPECT_TRUE(logged("was loaded before"));
}

TEST_F(UpsertTest, WritesTheLedgerWithTheLoad) {
    stage_rows("1,a\n");
    upsert_ok(into_t);
    EXPECT_EQ(
        scalar("SELECT concat_ws(' ', dag_id, run_id, task_id, target, mode, source_file, rows, "
               "inserted, updated, unchanged, length(content_hash), "
               "finished_at >= started_at) FROM reel.loads"),
        "movies r1 upsert m.t upsert t.csv 1 1 0 0 64 t"
    );
}

TEST_F(UpsertTest, LoadsBridgeTablesWhoseKeyIsEverything) {
    put("t.csv", "a,b\n1,2\n1,3\n1,2\n");
    const std::string args = R"({"source": "t.csv", "tables": {"p": {"key": ["a", "b"],
        "columns": {"a": "integer", "b": "integer"}}}})";
    const std::string into = R"({"from": "stage.p", "into": "m.p", "key": ["a", "b"]})";
    EXPECT_EQ(stage_ok(args)["tables"]["p"]["duplicates"], 1);
    EXPECT_EQ(counts(upsert_ok(into)), "2 0 0 0");
    ++attempt;
    stage_ok(args);
    EXPECT_EQ(counts(upsert_ok(into)), "0 0 2 0");
}

TEST_F(UpsertTest, LoadsAQuery) {
    stage_rows("1,a\n2,b\n3,a\n");
    const auto args = Json{
        {"query",
         "select distinct on (name) name as id, id as n, 1.50::numeric(4,2) as rate\n"
         "from " +
             staged["stage.t"].physical + " order by name -- the last comment"},
        {"into", "m.names"},
        {"key", {"id"}}
    };
    EXPECT_EQ(counts(upsert_ok(args.dump())), "2 0 0 0");
    EXPECT_EQ(
        scalar("SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
               "WHERE attrelid = 'm.names'::regclass AND attname = 'rate'"),
        "numeric(4,2)"
    );
    ++attempt;
    EXPECT_EQ(upsert_ok(args.dump())["already_loaded"], true);
}

TEST_F(UpsertTest, RunsAQueryOverPublishedTablesInEveryAttempt) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.a (id integer PRIMARY KEY, name text);"
        "INSERT INTO m.a VALUES (1, 'x')"
    );
    const std::string args = R"({"query": "select id, name from m.a", "into": "m.t", "key": "id"})";
    EXPECT_EQ(counts(upsert_ok(args)), "1 0 0 0");
    exec("INSERT INTO m.a VALUES (2, 'y')");
    ++attempt;
    EXPECT_EQ(counts(upsert_ok(args)), "1 0 1 0");
}

TEST_F(UpsertTest, KnowsAQuerysLoadByTheStagedTablesItReads) {
    stage_rows("1,a\n");
    const Json args{
        {"query", "select id, name from " + staged["stage.t"].physical}, {"into", "m.log"}
    };
    EXPECT_EQ(upsert_ok(args.dump())["already_loaded"], false);
    // Another stage task that ends in between, or whose table is gone, is none of its business.
    staged["other.t"] = {R"("reel_staging"."gone")", {"[]"}, {"[]"}};
    ++attempt;
    EXPECT_EQ(upsert_ok(args.dump())["already_loaded"], true);
    EXPECT_EQ(scalar("SELECT count(*) FROM m.log"), "1");
}

TEST_F(UpsertTest, TiesColumnsByName) {
    exec(
        "CREATE SCHEMA m; CREATE TABLE m.t (name text, extra integer DEFAULT 7, id bigint PRIMARY "
        "KEY,"
        " n integer GENERATED ALWAYS AS IDENTITY)"
    );
    stage_rows("1,a\n");
    EXPECT_EQ(counts(upsert_ok(into_t)), "1 0 0 0");
    EXPECT_EQ(scalar("SELECT id || name || extra || n FROM m.t"), "1a71");
}

TEST_F(UpsertTest, TakesAUniqueConstraintInAnyOrder) {
    exec("CREATE SCHEMA m; CREATE TABLE m.t (b integer, a integer, c integer, UNIQUE (b, a))");
    const std::string args =
        R"({"query": "select 1 as a, 2 as b, 3 as c", "into": "m.t", "key": ["a", "b"]})";
    EXPECT_EQ(counts(upsert_ok(args)), "1 0 0 0");
}

TEST_F(UpsertTest, ReplacesByKeyAndKeepsWhatDependsOnTheTable) {
    stage_rows("1,a\n2,b\n3,c\n");
    upsert_ok(into_t);
    exec("CREATE VIEW m.v AS SELECT * FROM m.t; GRANT SELECT ON m.t TO PUBLIC");
    stage_rows("2,b\n3,changed\n4,d\n");
    const auto report =
        upsert_ok(R"({"from": "stage.t", "into": "m.t", "key": "id", "mode": "replace"})");
    EXPECT_EQ(counts(report), "1 1 1 1");
    EXPECT_EQ(content("m.v"), "2=b 3=changed 4=d");
    EXPECT_EQ(scalar("SELECT has_table_privilege('public', 'm.t', 'SELECT')"), "t");
}

TEST_F(UpsertTest, ReplacesAllRowsWithoutAKey) {
    stage_rows("1,a\n2,b\n");
    const std::string args = R"({"from": "stage.t", "into": "m.t", "mode": "replace"})";
    EXPECT_EQ(counts(upsert_ok(args)), "2 0 0 0");
    stage_rows("3,c\n");
    EXPECT_EQ(counts(upsert_ok(args)), "1 0 0 2");
    EXPECT_EQ(content(), "3=c");
}

TEST_F(UpsertTest, ComparesJsonColumns) {
    const std::string first =
        R"({"query": "select 1 as id, '{\"a\": 1}'::json as doc", "into": "m.j", "key": "id"})";
    EXPECT_EQ(counts(upsert_ok(first)), "1 0 0 0");
    ++attempt;
    EXPECT_EQ(counts(upsert_ok(first)), "0 0 1 0");
    const std::string second =
        R"({"query": "select 1 as id, '{\"a\": 2}'::json as doc", "into": "m.j", "key": "id"})";
    EXPECT_EQ(counts(upsert_ok(second)), "0 1 0 0");
}

TEST_F(UpsertTest, TakesTurnsWithAnotherUpsertOnTheSameTarget) {
    std::string rows;
    for (int i = 0; i < 5000; ++i) {
        rows += std::to_string(i) + ",a\n";
    }
    stage_rows(rows);
    auto left = context("left");
    auto right = context("right");
    left.log = right.log = [](const std::string&) {};
    const std::string query = "select id, name from " + staged["stage.t"].physical;
    const auto run_one = [&](OperationContext& own, const std::string& order) {
        own.identity.attempt = order == "asc" ? 100 : 101;
        const Json args{
            {"query", query + " order by id " + order}, {"into", "m.t"}, {"key", {"id"}}
        };
        return upsert({args.dump()}, own);
    };
    auto other = std::async(std::launch::async, [&] { return run_one(left, "asc"); });
    const auto mine = run_one(right, "desc");
    const auto theirs = other.get();
    ASSERT_TRUE(mine.has_value()) << mine.error().describe();
    ASSERT_TRUE(theirs.has_value()) << theirs.error().describe();
    const auto first = Json::parse(mine->text);
    const auto second = Json::parse(theirs->text);
    EXPECT_EQ(first["inserted"].get<int>() + second["inserted"].get<int>(), 5000);
    EXPECT_EQ(first["unchanged"].get<int>() + second["unchanged"].get<int>(), 5000);
}

TEST_F(UpsertTest, AnalyzesAfterABigChange) {
    upsert_ok(R"({"query": "select i as id from generate_series(1, 2000) as i", "into": "m.big",
        "key": "id"})");
    EXPECT_EQ(scalar("SELECT reltuples FROM pg_class WHERE oid = 'm.big'::regclass"), "2000");
}

TEST_F(UpsertTest, LeavesStatisticsThatStillHold) {
    const auto load = [&](int first, int last) {
        ++attempt;
        upsert_ok(
            R"({"into": "m.big", "key": "id", "query": "select i as id from generate_series()" +
            std::to_string(first) + ", " + std::to_string(last) + R"() as i"})"
        );
    };
    const auto known = [&] {
        return scalar("SELECT reltuples FROM pg_class WHERE oid = 'm.big'::regclass");
    };
    load(1, 20000);
    load(20001, 21500);
    EXPECT_EQ(known(), "20000");
    load(21501, 24000);
    EXPECT_EQ(known(), "24000");
}

}  // namespace

}  // namespace reel::warehouse
