#include "warehouse/quality/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/quality/inspect.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;
using testing::Not;

OperationContext context() {
    OperationContext context;
    context.staged["stage.movies"] = {R"("reel_staging"."m17")", {"[]"}, {"[]"}};
    return context;
}

std::string args_of(const std::string& check) {
    return R"({"checks": {"movies.movies": [)" + check + "]}}";
}

Check parsed(const std::string& check) {
    const auto checks = parse_checks({args_of(check)}, context());
    EXPECT_TRUE(checks.has_value()) << checks.error().describe();
    return checks.value().at(0);
}

std::string mistakes_of(const std::string& text) {
    const auto checks = parse_checks({text}, context());
    EXPECT_FALSE(checks.has_value()) << text;
    return checks ? "" : checks.error().message;
}

TEST(Checks, RowCountHasBounds) {
    const auto check = parsed(R"({"row_count": {"min": 1, "max": 10}})");
    EXPECT_EQ(check.table, "movies.movies");
    EXPECT_EQ(check.relation, R"("movies"."movies")");
    EXPECT_EQ(check.name, "row_count");
    EXPECT_EQ(check.measure, "count(*)");
    EXPECT_EQ(check.error_if->text(), "not between 1 and 10");
    EXPECT_EQ(check.warn_if, check.error_if);
    EXPECT_EQ(check.expected, "1 to 10");
    EXPECT_EQ(parsed(R"({"row_count": {"min": 1}})").expected, ">= 1");
    EXPECT_EQ(parsed(R"({"row_count": {"max": 1}})").expected, "<= 1");
}

TEST(Checks, RowCountMayBeExact) {
    const auto check = parsed(R"({"row_count": 20})");
    EXPECT_EQ(check.error_if->text(), "!= 20");
    EXPECT_EQ(check.expected, "= 20");
}

TEST(Checks, NotNullTakesAColumnOrAList) {
    const auto one = parsed(R"({"not_null": "movie_id"})");
    EXPECT_EQ(one.name, "not_null(movie_id)");
    EXPECT_EQ(one.measure, R"(count(*) FILTER (WHERE t."movie_id" IS NULL))");
    EXPECT_EQ(one.error_if->text(), "!= 0");
    EXPECT_EQ(one.failing, R"(SELECT t.* FROM "movies"."movies" AS t WHERE t."movie_id" IS NULL)");
    EXPECT_EQ(
        one.examples, "SELECT left(to_jsonb(q)::text, 200) FROM (\n" + one.failing + "\n) AS q"
    );
    const auto two = parsed(R"({"not_null": ["a", "b"]})");
    EXPECT_EQ(two.measure, R"(count(*) FILTER (WHERE t."a" IS NULL OR t."b" IS NULL))");
}

TEST(Checks, UniqueIgnoresNulls) {
    const auto check = parsed(R"({"unique": ["a", "b"]})");
    EXPECT_EQ(check.shape, CheckShape::query);
    EXPECT_EQ(check.name, "unique(a, b)");
    EXPECT_EQ(
        check.measure,
        R"(SELECT count(*) FROM (SELECT 1 FROM "movies"."movies" AS t )"
        R"(WHERE t."a" IS NOT NULL AND t."b" IS NOT NULL )"
        R"(GROUP BY t."a", t."b" HAVING count(*) > 1) AS d)"
    );
}

TEST(Checks, UniqueMayTakeOneNullForAnother) {
    const auto check = parsed(R"({"unique": {"columns": "a", "nulls_equal": true}})");
    EXPECT_THAT(check.measure, HasSubstr(R"(AS t WHERE true GROUP BY t."a")"));
    EXPECT_EQ(check.proof, "");
}

TEST(Checks, UniqueAndRelationshipsAskTheCatalogFirst) {
    EXPECT_THAT(parsed(R"({"unique": ["a", "b"]})").proof, HasSubstr("ARRAY['a', 'b']::name[]"));
    EXPECT_THAT(
        parsed(R"({"relationships": {"column": "g", "to": "m.genres.id"}})").proof,
        HasSubstr(R"(f.confrelid = '"m"."genres"'::regclass)")
    );
}

TEST(Checks, AcceptedValuesAreQuoted) {
    const auto check =
        parsed(R"({"accepted_values": {"column": "lang", "values": ["en", "it's", 5]}})");
    EXPECT_EQ(check.name, "accepted_values(lang)");
    EXPECT_EQ(check.measure, R"(count(*) FILTER (WHERE t."lang" NOT IN ('en', 'it''s', '5')))");
}

TEST(Checks, RelationshipsLookUpTheParent) {
    const auto check = parsed(
        R"({"relationships": {"column": "g", "to": "movies.genres.genre_id", "severity": "warn"}})"
    );
    EXPECT_EQ(check.severity, Severity::warn);
    EXPECT_EQ(check.name, "relationships(g -> movies.genres.genre_id)");
    EXPECT_EQ(
        check.measure,
        R"(SELECT count(*) FROM "movies"."movies" AS t WHERE t."g" IS NOT NULL AND NOT EXISTS )"
        R"((SELECT 1 FROM "movies"."genres" AS p WHERE p."genre_id" = t."g"))"
    );
}

TEST(Checks, RelationshipsMayPointToAStagedTable) {
    EXPECT_THAT(
        parsed(R"({"relationships": {"column": "g", "to": "stage.movies.id"}})").measure,
        HasSubstr(R"(FROM "reel_staging"."m17" AS p WHERE p."id")")
    );
}

TEST(Checks, RangeAndLengthAndRegex) {
    EXPECT_EQ(
        parsed(R"({"range": {"column": "r", "min": 0.5, "max": 5}})").measure,
        R"(count(*) FILTER (WHERE t."r" < '0.5' OR t."r" > '5'))"
    );
    EXPECT_EQ(
        parsed(R"({"range": {"column": "d", "min": "1874-01-01"}})").measure,
        R"(count(*) FILTER (WHERE t."d" < '1874-01-01'))"
    );
    EXPECT_EQ(
        parsed(R"({"length": {"column": "l", "max": 2}})").measure,
        R"(count(*) FILTER (WHERE char_length(t."l"::text) > '2'))"
    );
    EXPECT_EQ(
        parsed(R"({"regex": {"column": "i", "pattern": "^tt\\d+$"}})").measure,
        R"(count(*) FILTER (WHERE t."i"::text !~ E'^tt\\d+$'))"
    );
}

TEST(Checks, ExpressionsFailWhereTheyAreFalse) {
    const auto check = parsed(R"({"expression": "budget >= 0"})");
    EXPECT_EQ(check.name, "expression(budget >= 0)");
    EXPECT_EQ(check.measure, "count(*) FILTER (WHERE (budget >= 0\n) IS FALSE)");
}

TEST(Checks, SqlGivesItsFailingRows) {
    const auto check = parsed(R"({"sql": "select * from x where y;", "name": "no y"})");
    EXPECT_EQ(check.shape, CheckShape::rows);
    EXPECT_EQ(check.name, "no y");
    EXPECT_EQ(check.measure, "select * from x where y");
}

TEST(Checks, FreshnessIsAnAge) {
    const auto check = parsed(R"({"freshness": {"column": "at", "max_age": "3d"}})");
    EXPECT_EQ(check.unit, CheckUnit::age);
    EXPECT_EQ(check.error_if->text(), "> 3d");
    EXPECT_EQ(check.expected, "<= 3d");
    EXPECT_EQ(check.measure, R"(extract(epoch FROM now() - (max(t."at"))::timestamptz))");
}

TEST(Checks, OptionsMayStandBesideTheCheck) {
    const auto check =
        parsed(R"({"not_null": "a", "severity": "warn", "where": "b > 0", "name": "a is there"})");
    EXPECT_EQ(check.severity, Severity::warn);
    EXPECT_EQ(check.name, "a is there");
    EXPECT_EQ(check.measure, "count(*) FILTER (WHERE (b > 0\n) AND (t.\"a\" IS NULL))");
    EXPECT_THAT(check.examples, HasSubstr("WHERE (b > 0\n) AND (t.\"a\" IS NULL)"));
}

TEST(Checks, WhereNarrowsEveryKind) {
    EXPECT_EQ(
        parsed(R"({"row_count": {"min": 1, "where": "x"}})").measure, "count(*) FILTER (WHERE x\n)"
    );
    EXPECT_THAT(
        parsed(R"({"unique": "a", "where": "x"})").measure,
        HasSubstr("WHERE (x\n) AND (t.\"a\" IS NOT NULL)")
    );
    EXPECT_THAT(
        parsed(R"({"freshness": {"column": "a", "max_age": "1h"}, "where": "x"})").measure,
        HasSubstr("max(t.\"a\") FILTER (WHERE x\n)")
    );
}

TEST(Checks, OfStagedTablesUseThePhysicalName) {
    const auto checks =
        parse_checks({R"({"checks": {"stage.movies": [{"row_count": 1}]}})"}, context()).value();
    EXPECT_EQ(checks[0].table, "stage.movies");
    EXPECT_EQ(checks[0].relation, R"("reel_staging"."m17")");
}

TEST(Checks, ReportAllMistakesAtOnce) {
    const auto message = mistakes_of(R"({"checks": {
        "a.b.c": [{"unique": "x"}],
        "t": [{"uniqe": "x"}, {"row_count": {}}, {"range": {"min": 1}}, {"unique": "a", "regex": {}},
              {"severity": "warn"}, "unique", {"not_null": "a", "severity": "fatal"},
              {"relationships": {"column": "a", "to": "b"}}, {"length": 5},
              {"row_count": {"equals": 1, "min": 1}}, {"freshness": {"column": "a", "max_age": "x"}},
              {"sql": "select 1", "where": "x"}, {"accepted_values": {"column": "a"}}],
        "u": []}})");
    EXPECT_THAT(message, HasSubstr("checks.a.b.c: 'a.b.c' is not a table name"));
    EXPECT_THAT(
        message, HasSubstr("checks.t[0]: there is no check 'uniqe' (did you mean 'unique'?)")
    );
    EXPECT_THAT(message, HasSubstr("checks.t[1].row_count.min: one of min, max and equals"));
    EXPECT_THAT(message, HasSubstr("checks.t[2].range.column: is required"));
    EXPECT_THAT(message, HasSubstr("checks.t[3]: two checks in one entry"));
    EXPECT_THAT(message, HasSubstr("checks.t[4]: names no check"));
    EXPECT_THAT(message, HasSubstr("checks.t[5]: a check was expected"));
    EXPECT_THAT(message, HasSubstr("checks.t[6].not_null.severity: 'fatal'"));
    EXPECT_THAT(message, HasSubstr("checks.t[7].relationships.to: schema.table.column"));
    EXPECT_THAT(message, HasSubstr("checks.t[8].length: a map was expected"));
    EXPECT_THAT(message, HasSubstr("checks.t[9].row_count.equals: goes neither"));
    EXPECT_THAT(message, HasSubstr("checks.t[10].freshness.max_age"));
    EXPECT_THAT(message, HasSubstr("checks.t[11].sql.where: write the condition"));
    EXPECT_THAT(message, HasSubstr("checks.t[12].accepted_values.values"));
    EXPECT_THAT(message, HasSubstr("checks.u: a list of checks"));
}

TEST(Checks, AreRequired) {
    EXPECT_THAT(mistakes_of("{}"), HasSubstr("checks: is required, or dbt or soda"));
    EXPECT_THAT(mistakes_of(R"({"checks": []})"), HasSubstr("a map with at least one entry"));
}

TEST(ScanSql, MeasuresAllChecksOfATableAtOnce) {
    EXPECT_EQ(
        scan_sql("m.t", {"count(*)", R"(count(*) FILTER (WHERE t."a" IS NULL))"}),
        R"(SELECT count(*) AS c0, count(*) FILTER (WHERE t."a" IS NULL) AS c1 FROM m.t AS t)"
    );
}

}  // namespace

}  // namespace reel::warehouse
