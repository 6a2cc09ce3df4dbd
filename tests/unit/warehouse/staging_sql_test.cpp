#include "warehouse/stage/staging_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::EndsWith;
using testing::StartsWith;

LoadIdentity identity(const std::string& dag, const std::string& task, core::AttemptId attempt) {
    return {{core::DagId(dag), core::RunId("r1"), core::TaskId(task), -1}, 1, attempt};
}

StageTableSpec table_of(const std::string& text) {
    const auto args = R"({"source": "a", "tables": {"movies": )" + text + "}}";
    return parse_stage_spec({args}).value().tables.at(0);
}

StageTableSpec movies() {
    return table_of(
        R"({"key": "movie_id", "columns": {"movie_id": "integer", "title": {"type": "text",
            "not_null": true}, "rate": "decimal(2, 1) "}
})"
    );
}

TEST(StagingName, IsReadableAndEndsWithTheAttempt) {
    const auto name = staging_name(identity("movies", "stage_movies", 17), "genres");
    EXPECT_THAT(name, StartsWith("movies_stage_movies_genres_"));
    EXPECT_THAT(name, EndsWith("_a17"));
    EXPECT_EQ(name, staging_name(identity("movies", "stage_movies", 17), "genres"));
}

TEST(StagingName, FitsIntoAnIdentifierWhateverTheNames) {
    const auto name =
        staging_name(identity(std::string(250, 'd'), "t", 9223372036854775807), "genres");
    EXPECT_EQ(name.size(), 63U);
    EXPECT_THAT(name, EndsWith("_a9223372036854775807"));
}

TEST(StagingName, IsCutBetweenCodePoints) {
    std::string dag;
    for (int i = 0; i < 40; ++i) {
        dag += "ø";
    }
    const auto name = staging_name(identity("x" + dag, "t", 1), "g");
    const auto with_one_more = staging_name(identity("xx" + dag, "t", 1), "g");
    EXPECT_LE(name.size(), 63U);
    EXPECT_NE(name.size(), with_one_more.size());
}

TEST(StagingName, TellsRunsTasksAndTablesApartWhereTheCutWouldNot) {
    const std::string dag(200, 'd');
    auto other_run = identity(dag, "t", 1);
    other_run.key.run_id = core::RunId("r2");
    const auto name = staging_name(identity(dag, "t", 1), "g");
    EXPECT_NE(name, staging_name(other_run, "g"));
    EXPECT_NE(name, staging_name(identity(dag, "u", 1), "g"));
    EXPECT_NE(name, staging_name(identity(dag, "t", 1), "h"));
    EXPECT_NE(name, staging_name(identity(dag, "t", 2), "g"));
}

TEST(StagingTable, IsQuotedInItsSchema) {
    EXPECT_THAT(
        staging_table(identity("a\"b", "t", 1), "g"), StartsWith(R"("reel_staging"."a""b_t_g_)")
    );
}

TEST(CreateSql, HasTypesAndNotNull) {
    EXPECT_EQ(
        create_sql("s.t", movies()),
        R"(CREATE TABLE s.t ("movie_id" integer NOT NULL, "title" text NOT NULL, )"
        R"("rate" numeric(2,1), "_reel_row" bigint))"
    );
}

TEST(CreateSql, NeedsNoRowNumberWithoutAKey) {
    EXPECT_EQ(
        create_sql("s.t", table_of(R"({"columns": {"a": "text"}})")),
        R"(CREATE TABLE s.t ("a" text))"
    );
}

TEST(CopySql, NamesEveryColumn) {
    EXPECT_EQ(
        copy_sql("s.t", movies()),
        R"(COPY s.t ("movie_id", "title", "rate", "_reel_row") FROM STDIN (FORMAT binary))"
    );
    EXPECT_EQ(
        copy_sql("s.t", table_of(R"({"columns": {"a": "text"}})")),
        R"(COPY s.t ("a") FROM STDIN (FORMAT binary))"
    );
}

TEST(DedupeSql, KeepsTheLastRowOfEachKey) {
    EXPECT_EQ(
        dedupe_sql("s.t", {"a", "b"}),
        R"(DELETE FROM s.t AS s USING (SELECT "a", "b", max("_reel_row") AS "_reel_row" FROM s.t )"
        R"(GROUP BY "a", "b" HAVING count(*) > 1) AS d )"
        R"(WHERE s."a" = d."a" AND s."b" = d."b" AND coalesce(s."_reel_row", 0) < d."_reel_row")"
    );
}

TEST(DedupeByFileSql, CountsWhatItDeletesByFile) {
    EXPECT_EQ(
        dedupe_by_file_sql("s.t", {"a"}),
        "WITH gone AS (" + dedupe_sql("s.t", {"a"}) +
            R"( RETURNING s."_reel_row" AS number) )"
            "SELECT width_bucket(coalesce(number, 0), $1::bigint[]) AS file, count(*) AS rows "
            "FROM gone GROUP BY 1"
    );
}

TEST(DropHiddenColumnSql, DropsIt) {
    EXPECT_EQ(drop_hidden_column_sql("s.t"), R"(ALTER TABLE s.t DROP COLUMN "_reel_row")");
}

TEST(ColumnsJson, SaysNameTypeAndNull) {
    EXPECT_EQ(
        columns_json(movies()).text,
        R"([{"name":"movie_id","type":"integer","not_null":true},)"
        R"({"name":"title","type":"text","not_null":true},)"
        R"-({"name":"rate","type":"numeric(2,1)","not_null":false}])-"
    );
    EXPECT_EQ(key_json(movies()).text, R"(["movie_id"])");
}

TEST(ShortHash, IsTheBeginningOfSha256) {
    EXPECT_EQ(short_hash("abc"), "ba7816bf8f01cfea");
    EXPECT_EQ(short_hash(""), "e3b0c44298fc1c14");
}

}  // namespace

}  // namespace reel::warehouse
