#include <gmock/gmock.h>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::Contains;
using testing::HasSubstr;

using SqlTest = WarehouseTest;

TEST_F(SqlTest, RunsAllStatementsInOneTransaction) {
    const auto report = sql_ok(
        "create table a (x int);\ninsert into a values (1), (2);\n"
        "insert into a select txid_current();"
    );
    EXPECT_EQ(report["affected"], 1);
    EXPECT_EQ(scalar("SELECT count(*) FROM a"), "3");
    EXPECT_TRUE(logged("line 2: insert, 2 rows"));
    EXPECT_TRUE(logged("3 statements done"));
}

TEST_F(SqlTest, LeavesNothingBehindWhenOneFails) {
    const auto error = sql_error("create table a (x int);\n\ninsert into a\nvalues ('x');");
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_EQ(error.where, "sql, statement 2 (line 3)");
    EXPECT_THAT(error.message, HasSubstr("line 4: invalid input syntax"));
    EXPECT_EQ(scalar("SELECT to_regclass('a')"), "NULL");
}

TEST_F(SqlTest, ReportsTheLastStatementsRows) {
    const auto report = sql_ok("select 0; select 'a' as name, null as nothing, 5 as n");
    EXPECT_EQ(report["row_count"], 1);
    EXPECT_EQ(report["rows"][0]["name"], "a");
    EXPECT_EQ(report["rows"][0]["nothing"], nullptr);
    EXPECT_EQ(report["rows"][0]["n"], "5");
}

TEST_F(SqlTest, ReportsAtMostAThousandRows) {
    const auto report = sql_ok("select i from generate_series(1, 1500) as i");
    EXPECT_EQ(report["rows"].size(), 1000U);
    EXPECT_EQ(report["row_count"], 1500);
}

TEST_F(SqlTest, PrintsResultsAsAlignedTablesUnderTheirTitles) {
    sql_ok(
        "-- title: Most rated\nselect title, n from (values ('Heat', 12), ('Ran', 3)) as t(title, "
        "n);"
    );
    EXPECT_THAT(log, Contains("Most rated\ntitle   n\n-----  --\nHeat   12\nRan     3\n(2 rows)"));
}

TEST_F(SqlTest, PrintsAtMostTenRows) {
    sql_ok("select i as number from generate_series(101, 1234) as i");
    EXPECT_TRUE(logged("(10 of 1,134 rows)"));
    EXPECT_TRUE(logged("110"));
    EXPECT_FALSE(logged("111"));
}

TEST_F(SqlTest, TakesAListOfTexts) {
    const auto result = run_sql(
        {R"json({"sql": ["create table a (x int)", "insert into a values (1)"]})json"}, context()
    );
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(scalar("SELECT count(*) FROM a"), "1");
}

TEST_F(SqlTest, RunsFunctionBodiesWithSemicolons) {
    sql_ok(
        "create function f() returns int language plpgsql as $$ begin return 1; end $$;\n"
        "do $$ begin perform f(); end $$; select f() as one"
    );
    EXPECT_EQ(scalar("SELECT f()"), "1");
}

TEST_F(SqlTest, RefusesToEndItsTransaction) {
    for (const auto* word : {"commit", "BEGIN", "rollback", "end", "abort", "start transaction"}) {
        const auto error = sql_error("create table a (x int);\n" + std::string(word));
        EXPECT_EQ(error.code, core::Errc::invalid_argument) << word;
        EXPECT_THAT(error.message, HasSubstr("line 2"));
    }
    EXPECT_EQ(scalar("SELECT to_regclass('a')"), "NULL");
}

TEST_F(SqlTest, AllowsSavepoints) {
    sql_ok("create table a (x int); savepoint s; insert into a values (1); rollback to s");
    EXPECT_EQ(scalar("SELECT count(*) FROM a"), "0");
}

TEST_F(SqlTest, LogsNotices) {
    sql_ok("do $$ begin raise notice 'hello %', 5; end $$");
    EXPECT_THAT(log, Contains("notice: hello 5"));
}

TEST_F(SqlTest, RefusesNothingAndNonsense) {
    EXPECT_THAT(sql_error("-- nothing").message, HasSubstr("there is no statement"));
    EXPECT_THAT(sql_error("select 'open").message, HasSubstr("never ends"));
    const auto missing = run_sql({"{}"}, context());
    ASSERT_FALSE(missing.has_value());
    EXPECT_THAT(missing.error().message, HasSubstr("sql: is required"));
    const auto wrong = run_sql({R"({"sql": [5]})"}, context());
    ASSERT_FALSE(wrong.has_value());
    EXPECT_THAT(wrong.error().message, HasSubstr("text or a list of texts"));
}

TEST_F(SqlTest, IsUnavailableWhenTheServerIsLost) {
    const auto error = sql_error("select 1;\nselect pg_terminate_backend(pg_backend_pid())");
    EXPECT_EQ(error.code, core::Errc::unavailable);
    EXPECT_EQ(error.where, "sql, statement 2 (line 2)");
}

}  // namespace

}  // namespace reel::warehouse
