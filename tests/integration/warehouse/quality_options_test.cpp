#include <gmock/gmock.h>

#include "quality_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

TEST_F(QualityTest, LooksAtErrorIfAndWarnIf) {
    exec("INSERT INTO m.movies SELECT 100 + i FROM generate_series(1, 96) AS i");
    EXPECT_EQ(outcome(R"({"not_null": "id", "error_if": "> 1"})"), "warn 1 1");
    EXPECT_EQ(outcome(R"({"not_null": "id", "error_if": "> 1", "warn_if": "> 1"})"), "pass 1 1");
    EXPECT_EQ(outcome(R"({"not_null": "id", "error_if": "> 1%"})"), "warn 1 1");
    EXPECT_EQ(outcome(R"({"not_null": "id", "error_if": ">= 1%"})"), "fail 1 1");
    EXPECT_EQ(
        outcome(R"({"not_null": "id", "error_if": "> 1%", "where": "budget is null"})"), "fail 1 1"
    ) << "one of 97";
    EXPECT_EQ(outcome(R"({"unique": "id", "error_if": "> 2%"})"), "warn 1 1");
    EXPECT_EQ(
        outcome(R"({"relationships": {"column": "genre", "to": "m.genres.genre_id"},
                    "error_if": "between 1 and 3"})"),
        "fail 1 1"
    );
    EXPECT_EQ(outcome(R"({"row_count": {"warn_if": "< 1000", "error_if": "= 0"}})"), "warn 100 1");
}

TEST_F(QualityTest, TellsNumberSqlAndTimeOfEveryCheck) {
    const auto report = quality_ok(checks(R"({"not_null": "id", "severity": "warn"})"));
    const auto& check = report["checks"][0];
    EXPECT_EQ(check["kind"], "not_null");
    EXPECT_EQ(check["number"], 1.0);
    EXPECT_EQ(check["examples"].size(), 1U);
    EXPECT_EQ(check["sql"], R"(SELECT t.* FROM "m"."movies" AS t WHERE t."id" IS NULL)");
    EXPECT_GT(check["milliseconds"].get<double>(), 0);
    EXPECT_EQ(check["failures_table"], nullptr);
    EXPECT_EQ(
        scalar("SELECT concat_ws(' ', kind, number, milliseconds > 0, sql LIKE 'SELECT t.*%') "
               "FROM reel.quality_results"),
        "not_null 1 t t"
    );
    EXPECT_EQ(scalar("SELECT title FROM (" + check["sql"].get<std::string>() + ") AS q"), "it's");
}

TEST_F(QualityTest, StoresFailingRowsInATableOfTheCheck) {
    const auto list =
        checks(R"({"range": {"column": "budget", "min": 5}, "store_failures": true})");
    quality_error(list);
    const auto table = scalar("SELECT failures_table FROM reel.quality_results");
    EXPECT_THAT(table, HasSubstr(R"(reel."failures_m_movies_range_budget_)"));
    EXPECT_TRUE(logged("m.movies range(budget): failing rows are in reel.\"failures_m_movies"));
    EXPECT_EQ(
        scalar(
            "SELECT string_agg(concat(id, ':', budget, ':', lang), ' ' ORDER BY budget) FROM " +
            table
        ),
        "2:-1:xx 2:0:ja"
    );
    exec("UPDATE m.movies SET budget = 5 WHERE budget = 0");
    attempt = 2;
    quality_error(list);
    EXPECT_EQ(scalar("SELECT count(*) FROM " + table), "1") << "it holds what the last look found";
    exec("UPDATE m.movies SET budget = 5");
    quality_ok(list);
    EXPECT_EQ(scalar("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'failures%'"), "0");
}

TEST_F(QualityTest, StoresKeysOrphansAndRowsOfQueries) {
    const auto stored = [&](const std::string& check) {
        quality_error(checks(check));
        const auto table =
            scalar("SELECT failures_table FROM reel.quality_results ORDER BY id DESC LIMIT 1");
        return scalar("SELECT string_agg(q::text, ' ') FROM " + table + " AS q");
    };
    EXPECT_EQ(stored(R"({"unique": "id", "store_failures": true})"), "(2,2)");
    EXPECT_EQ(
        stored(R"({"relationships": {"column": "genre", "to": "m.genres.genre_id"},
                   "store_failures": true})"),
        "(2,,xx,-1,9,)"
    );
    EXPECT_EQ(
        stored(R"({"sql": "select id, lang from m.movies where budget < 0;",
                   "store_failures": true})"),
        "(2,xx)"
    );
}

TEST_F(QualityTest, StoresNoMoreThanItsLimit) {
    exec("INSERT INTO m.movies SELECT NULL FROM generate_series(1, 50)");
    quality_error(checks(R"({"not_null": "id", "store_failures": true, "limit": 7})"));
    EXPECT_EQ(
        scalar("SELECT failures || ' ' || cardinality(examples) FROM reel.quality_results"), "51 7"
    );
    const auto table = scalar("SELECT failures_table FROM reel.quality_results");
    EXPECT_EQ(scalar("SELECT count(*) FROM " + table), "7");
}

TEST_F(QualityTest, SaysWhyItCouldNotStore) {
    quality_error(checks(
        R"({"sql": "select id, id from m.movies where budget < 0", "store_failures": true},
           {"sql": "select 3 as failures", "store_failures": true, "name": "counted"})"
    ));
    EXPECT_TRUE(logged("m.movies sql: rows not stored: "));
    EXPECT_TRUE(logged("m.movies counted: no rows to store: the query counts"));
    EXPECT_EQ(scalar("SELECT string_agg(status, ',') FROM reel.quality_results"), "fail,fail");
}

TEST_F(QualityTest, ComparesColumnsAndTypes) {
    exec("CREATE TABLE m.typed (id integer, n numeric(2,1), v varchar(20), t timestamptz, a int[])"
    );
    const auto problems = [&](const std::string& body) {
        const auto list = R"({"checks": {"m.typed": [{"schema": )" + body + "}]}}";
        const auto result = quality({list}, context("check"));
        return scalar(
            "SELECT coalesce(nullif(array_to_string(examples, '; '), ''), status) "
            "FROM reel.quality_results ORDER BY id DESC LIMIT 1"
        );
    };
    EXPECT_EQ(
        problems(R"j({"columns": {"id": "int4", "n": "decimal(2, 1)", "v": "character varying",
                     "t": "timestamp with time zone", "a": "integer[]"}, "exact": true})j"),
        "pass"
    );
    EXPECT_EQ(problems(R"j({"columns": ["id", "gone"]})j"), "column 'gone' is missing");
    EXPECT_EQ(
        problems(R"j({"columns": {"id": "text", "v": "varchar(10)"}})j"),
        "column 'id' is integer, not text; column 'v' is character varying(20), not varchar(10)"
    );
    EXPECT_EQ(
        problems(R"({"columns": ["id", "n", "v"], "exact": true})"),
        "column 't' must not be there; column 'a' must not be there"
    );
    EXPECT_EQ(problems(R"({"forbidden": ["v", "password"]})"), "column 'v' must not be there");
    EXPECT_THAT(
        problems(R"({"columns": {"id": "imteger"}})"), HasSubstr("there is no type 'imteg")
    );
}

TEST_F(QualityTest, BoundsNumbersOfTheTable) {
    const auto aggregate = [&](const std::string& of, const std::string& bounds) {
        return outcome(R"({"aggregate": {"of": ")" + of + "\", " + bounds + "}}");
    };
    EXPECT_EQ(aggregate("avg(budget)", R"("min": 1, "max": 2)"), "pass 1.333333333 0");
    EXPECT_EQ(aggregate("sum(budget)", R"("equals": 4)"), "pass 4 0");
    EXPECT_EQ(aggregate("min(budget)", R"("min": 0)"), "fail -1 1");
    EXPECT_EQ(aggregate("distinct(lang)", R"("equals": 3)"), "pass 3 0");
    EXPECT_EQ(aggregate("null_share(lang)", R"("max": "20%")"), "fail 25% 1");
    EXPECT_EQ(aggregate("null_count(lang)", R"("max": 1)"), "pass 1 0");
    EXPECT_EQ(aggregate("max_length(title)", R"("max": 4)"), "pass 4 0");
}

TEST_F(QualityTest, TakesNoNumberForBroken) {
    exec("CREATE TABLE m.odd (x float8); INSERT INTO m.odd VALUES (1), ('NaN')");
    const auto error = quality_error(
        R"j({"checks": {"m.odd": [{"aggregate": {"of": "avg(x)", "max": 5}},
            {"aggregate": {"of": "max(x)", "max": 5, "where": "x > 1e300 and x < 'Infinity'"}}]}})j"
    );
    EXPECT_THAT(error.message, HasSubstr("avg(x): none, expected <= 5"));
    EXPECT_THAT(error.message, HasSubstr("max(x): none, expected <= 5"));
}

TEST_F(QualityTest, TakesOneNullForAnotherWhereItIsTold) {
    exec("CREATE TABLE m.pairs (a int, b int); INSERT INTO m.pairs VALUES (1, NULL), (1, NULL)");
    const auto pairs = [&](const std::string& check) {
        return quality({R"({"checks": {"m.pairs": [)" + check + "]}}"}, context("check"))
            .has_value();
    };
    EXPECT_TRUE(pairs(R"({"unique": ["a", "b"]})"));
    EXPECT_FALSE(pairs(R"({"unique": {"columns": ["a", "b"], "nulls_equal": true}})"));
}

}  // namespace

}  // namespace reel::warehouse
