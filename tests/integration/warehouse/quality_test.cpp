#include <gmock/gmock.h>

#include "quality_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(QualityTest, CountsRows) {
    EXPECT_EQ(outcome(R"({"row_count": {"min": 1}})"), "pass 4 0");
    EXPECT_EQ(outcome(R"({"row_count": {"max": 3}})"), "fail 4 1");
    EXPECT_EQ(outcome(R"({"row_count": {"equals": 4}})"), "pass 4 0");
    EXPECT_EQ(outcome(R"({"row_count": {"min": 1, "where": "id > 99"}})"), "fail 0 1");
}

TEST_F(QualityTest, FindsNulls) {
    EXPECT_EQ(outcome(R"({"not_null": "id"})"), "fail 1 1");
    EXPECT_EQ(outcome(R"({"not_null": ["id", "title"]})"), "fail 2 2");
    EXPECT_EQ(outcome(R"({"not_null": "title", "where": "id = 1"})"), "pass 0 0");
}

TEST_F(QualityTest, FindsDuplicates) {
    EXPECT_EQ(outcome(R"({"unique": "id"})"), "fail 1 1");
    EXPECT_EQ(outcome(R"({"unique": ["id", "lang"]})"), "pass 0 0");
    EXPECT_EQ(outcome(R"({"unique": "budget"})"), "pass 0 0");
}

TEST_F(QualityTest, LetsNullsPassWhereDbtDoes) {
    EXPECT_EQ(
        outcome(R"({"accepted_values": {"column": "lang", "values": ["en", "ja"]}})"), "fail 1 1"
    );
    EXPECT_EQ(
        outcome(R"({"accepted_values": {"column": "budget", "values": [5, 0, -1]}})"), "pass 0 0"
    );
    EXPECT_EQ(
        outcome(R"({"relationships": {"column": "genre", "to": "m.genres.genre_id"}})"), "fail 1 1"
    );
    EXPECT_EQ(outcome(R"({"range": {"column": "budget", "min": 0}})"), "fail 1 1");
    EXPECT_EQ(outcome(R"({"range": {"column": "budget", "min": -1, "max": 5}})"), "pass 0 0");
    EXPECT_EQ(outcome(R"({"expression": "budget >= 0"})"), "fail 1 1");
    EXPECT_EQ(outcome(R"({"expression": "budget >= -1 -- all of them"})"), "pass 0 0");
}

TEST_F(QualityTest, ChecksText) {
    EXPECT_EQ(outcome(R"({"regex": {"column": "lang", "pattern": "^(en|ja)$"}})"), "fail 1 1");
    EXPECT_EQ(outcome(R"({"length": {"column": "lang", "min": 2, "max": 2}})"), "pass 0 0");
    EXPECT_EQ(outcome(R"({"length": {"column": "title", "max": 3}})"), "fail 2 2");
}

TEST_F(QualityTest, CountsRowsOfAQuery) {
    EXPECT_EQ(outcome(R"({"sql": "select id from m.movies where budget < 0"})"), "fail 1 1");
    EXPECT_EQ(outcome(R"({"sql": "select id from m.movies where budget < -5;"})"), "pass 0 0");
    EXPECT_EQ(outcome(R"({"sql": "select count(*) from m.movies where budget < -5"})"), "pass 0 0");
    EXPECT_EQ(outcome(R"({"sql": "select 3 as failures -- counted"})"), "fail 3 3");
}

TEST_F(QualityTest, ChecksFreshness) {
    EXPECT_THAT(
        outcome(R"({"freshness": {"column": "at", "max_age": "2h"}})"), HasSubstr("pass 1h")
    );
    EXPECT_THAT(
        outcome(R"({"freshness": {"column": "at", "max_age": "30m"}})"), HasSubstr("fail 1h")
    );
    EXPECT_EQ(
        outcome(R"({"freshness": {"column": "at", "max_age": "9d"}, "where": "id = 77"})"),
        "fail none 1"
    );
}

TEST_F(QualityTest, WarnsWithoutFailing) {
    const auto report = quality_ok(checks(R"({"not_null": "id", "severity": "warn"})"));
    EXPECT_EQ(report["checks"][0]["status"], "warn");
    EXPECT_EQ(report["checks"][0]["failures"], 1);
    EXPECT_EQ(scalar("SELECT severity || ' ' || status FROM reel.quality_results"), "warn warn");
}

TEST_F(QualityTest, FailsWithEveryFailedCheckInOneError) {
    const auto error =
        quality_error(checks(R"({"row_count": {"min": 1}}, {"not_null": "id"}, {"unique": "id"})"));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("2 of 3 checks failed"));
    EXPECT_THAT(error.message, HasSubstr("m.movies not_null(id): 1, expected 0 rows"));
    EXPECT_THAT(error.message, HasSubstr("m.movies unique(id): 1, expected 0 keys"));
    EXPECT_EQ(
        scalar("SELECT string_agg(status, ',' ORDER BY id) FROM reel.quality_results"),
        "pass,fail,fail"
    );
}

TEST_F(QualityTest, ShowsExamplesInLogAndTable) {
    quality_error(checks(R"({"unique": "id"}, {"range": {"column": "budget", "min": 0}})"));
    EXPECT_TRUE(logged("m.movies unique(id): for example (2) × 2"));
    EXPECT_TRUE(logged("range(budget): for example {"));
    EXPECT_EQ(
        scalar("SELECT examples[1] FROM reel.quality_results WHERE check_name = 'unique(id)'"),
        "(2) × 2"
    );
}

TEST_F(QualityTest, LogsAnAlignedTable) {
    quality_ok(checks(R"({"row_count": {"min": 1}})"));
    EXPECT_TRUE(logged("status  table     check      value  expected"));
    EXPECT_TRUE(logged("pass    m.movies  row_count      4  >= 1"));
}

TEST_F(QualityTest, ShowsAtMostFiveExamples) {
    exec("INSERT INTO m.movies SELECT NULL FROM generate_series(1, 50)");
    quality_error(checks(R"({"not_null": "id"})"));
    EXPECT_EQ(
        scalar("SELECT cardinality(examples) || ' ' || failures FROM reel.quality_results"), "5 51"
    );
}

TEST_F(QualityTest, ABrokenCheckDoesNotSpoilTheOthers) {
    const auto error = quality_error(checks(
        R"({"row_count": {"min": 1}}, {"not_null": "nothing"}, {"not_null": "genre"},
           {"sql": "select nonsense"}, {"unique": "id"})"
    ));
    EXPECT_EQ(
        scalar("SELECT string_agg(status, ',' ORDER BY id) FROM reel.quality_results"),
        "pass,error,fail,error,fail"
    );
    EXPECT_THAT(error.message, HasSubstr("not_null(nothing): cannot be checked: "));
    EXPECT_THAT(error.message, HasSubstr("nothing"));
    EXPECT_THAT(error.message, HasSubstr("4 of 5 checks failed"));
}

TEST_F(QualityTest, ABrokenCheckFailsEvenAsAWarning) {
    const auto error = quality_error(checks(R"({"not_null": "nothing", "severity": "warn"})"));
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
}

TEST_F(QualityTest, AMissingTableIsAnError) {
    const auto error = quality_error(R"({"checks": {"m.none": [{"row_count": {"min": 1}}]}})");
    EXPECT_THAT(error.message, HasSubstr("m.none"));
    EXPECT_EQ(scalar("SELECT status FROM reel.quality_results"), "error");
}

TEST_F(QualityTest, CannotChangeTheDataItChecks) {
    exec(
        "CREATE FUNCTION m.wipe() RETURNS integer LANGUAGE sql AS "
        "'DELETE FROM m.movies RETURNING 1'"
    );
    quality_error(checks(R"({"sql": "select m.wipe() as x"})"));
    EXPECT_EQ(scalar("SELECT count(*) FROM m.movies"), "4");
}

TEST_F(QualityTest, ChecksStagedTablesBeforeTheyArePublished) {
    put("t.csv", "id\n1\n2\n");
    stage_ok(R"({"source": "t.csv", "tables": {"t": {"columns": {"id": "integer"}}}})");
    const auto report =
        quality_ok(R"({"checks": {"stage.t": [{"row_count": 2}, {"unique": "id"}]}})");
    EXPECT_EQ(report["checks"][0]["table"], "stage.t");
    EXPECT_EQ(report["checks"][1]["status"], "pass");
}

TEST_F(QualityTest, KeepsTheHistoryOfEveryAttempt) {
    quality_ok(checks(R"({"row_count": {"min": 1}})"));
    attempt = 2;
    quality_ok(checks(R"({"row_count": {"min": 1}})"));
    EXPECT_EQ(
        scalar("SELECT string_agg(attempt || ' ' || task_id, ',' ORDER BY id) "
               "FROM reel.quality_results"),
        "1 check,2 check"
    );
}

TEST_F(QualityTest, SurvivesNamesThatNeedQuotes) {
    exec(R"(CREATE TABLE m."Odd ""Table" ("A b" integer); INSERT INTO m."Odd ""Table" VALUES (1))");
    const auto result =
        quality({R"({"checks": {"m.movies": [{"not_null": "Odd \"col"}]}})"}, context("check"));
    ASSERT_FALSE(result.has_value());
    EXPECT_THAT(result.error().message, HasSubstr("Odd"));
    EXPECT_THAT(result.error().message, Not(HasSubstr("syntax error")));
}

}  // namespace

}  // namespace reel::warehouse
