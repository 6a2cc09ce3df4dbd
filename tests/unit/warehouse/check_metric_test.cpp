#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/quality/check.hpp"
#include "warehouse/quality/metric.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

Check measured(const std::string& of, const std::string& where = "") {
    Check check;
    check.relation = "m.t";
    measure_metric(parse_metric(of).value(), where, check);
    return check;
}

TEST(Metric, IsAFunctionOfAColumn) {
    EXPECT_EQ(parse_metric("row_count").value(), (Metric{"row_count", ""}));
    EXPECT_EQ(parse_metric(" avg( rating ) ").value(), (Metric{"avg", "rating"}));
    EXPECT_EQ(parse_metric("sum(odd (name))").value(), (Metric{"sum", "odd (name)"}));
    EXPECT_EQ(to_string(Metric{"row_count", ""}), "row_count");
    EXPECT_EQ(to_string(Metric{"avg", "rating"}), "avg(rating)");
}

TEST(Metric, RefusesWhatIsNone) {
    for (const std::string text :
         {"",
          "avg",
          "avg()",
          "avg(a",
          "median(a)",
          "row_count(a)",
          "row_count()",
          "a.b(c)",
          "count(*)"}) {
        EXPECT_FALSE(parse_metric(text).has_value()) << text;
    }
    EXPECT_THAT(parse_metric("averge(a)").error().message, HasSubstr("is no number of a table"));
    EXPECT_THAT(parse_metric("agv(a)").error().message, HasSubstr("did you mean 'avg'?"));
}

TEST(Metric, BecomesOneAggregate) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"row_count", "count(*)"},
        {"avg(a)", R"(avg(t."a")::float8)"},
        {"sum(a)", R"(sum(t."a")::float8)"},
        {"stddev(a)", R"(stddev(t."a")::float8)"},
        {"max_length(a)", R"(max(char_length(t."a"::text))::float8)"},
        {"null_count(a)", R"(count(*) FILTER (WHERE t."a" IS NULL))"},
        {"null_share(a)", R"(count(*) FILTER (WHERE t."a" IS NULL)::float8 / nullif(count(*), 0))"},
    };
    for (const auto& [of, sql] : table) {
        EXPECT_EQ(measured(of).measure, sql);
        EXPECT_EQ(measured(of).shape, CheckShape::aggregate);
    }
    EXPECT_EQ(measured("avg(a)", "b > 0").measure, "avg(t.\"a\") FILTER (WHERE b > 0\n)::float8");
    EXPECT_EQ(
        measured("null_count(a)", "b").measure, "count(*) FILTER (WHERE (b\n) AND t.\"a\" IS NULL)"
    );
}

TEST(Metric, CountsDistinctValuesApartFromTheScan) {
    const auto check = measured("distinct(a)");
    EXPECT_EQ(check.shape, CheckShape::query);
    EXPECT_EQ(
        check.measure,
        R"(SELECT count(*) FROM (SELECT 1 FROM m.t AS t WHERE t."a" IS NOT NULL GROUP BY t."a") AS d)"
    );
}

Check parsed(const std::string& check) {
    const auto checks =
        parse_checks({R"({"checks": {"m.t": [)" + check + "]}}"}, OperationContext{});
    EXPECT_TRUE(checks.has_value()) << checks.error().describe();
    return checks.value().at(0);
}

std::string mistake_of(const std::string& check) {
    const auto checks =
        parse_checks({R"({"checks": {"m.t": [)" + check + "]}}"}, OperationContext{});
    EXPECT_FALSE(checks.has_value()) << check;
    return checks ? "" : checks.error().message;
}

TEST(AggregateCheck, HasBounds) {
    const auto check = parsed(R"j({"aggregate": {"of": "avg(rating)", "min": 2.5, "max": 4}})j");
    EXPECT_EQ(check.name, "avg(rating)");
    EXPECT_EQ(check.error_if->text(), "not between 2.5 and 4");
    EXPECT_EQ(check.expected, "2.5 to 4");
    const auto share = parsed(R"j({"aggregate": {"of": "null_share(a)", "max": "5%"}})j");
    EXPECT_EQ(share.error_if->text(), "> 5%");
    EXPECT_EQ(share.expected, "<= 5%");
    EXPECT_EQ(share.percent_of, PercentOf::whole);
}

TEST(AggregateCheck, RefusesBoundsThatSayNothing) {
    EXPECT_THAT(
        mistake_of(R"j({"aggregate": {"max": 1}})j"), HasSubstr("aggregate.of: is required")
    );
    EXPECT_THAT(
        mistake_of(R"j({"aggregate": {"of": "avg(a)"}})j"), HasSubstr("one of min, max and")
    );
    EXPECT_THAT(
        mistake_of(R"j({"aggregate": {"of": "avg(a)", "max": "5%"}})j"),
        HasSubstr("a percentage of nothing")
    );
    EXPECT_THAT(
        mistake_of(R"j({"aggregate": {"of": "avg(a)", "min": 5, "max": 1}})j"),
        HasSubstr("min: is greater than max")
    );
    EXPECT_THAT(
        mistake_of(R"j({"aggregate": {"of": "avg(a)", "max": "many"}})j"),
        HasSubstr("max: 'many' is not a bound")
    );
}

TEST(SchemaCheck, NamesColumnsAndTypes) {
    const auto check = parsed(R"j({"schema": {"columns": {"id": "integer", "x": null}}})j");
    EXPECT_EQ(check.name, "schema");
    EXPECT_EQ(check.expected, "0 differences");
    EXPECT_THAT(check.measure, HasSubstr("unnest(ARRAY['id', 'x']::text[], ARRAY['integer', '']"));
    EXPECT_THAT(
        parsed(R"j({"schema": {"columns": ["id"], "forbidden": "password", "exact": true}})j")
            .measure,
        HasSubstr("ANY (ARRAY['password']::text[])")
    );
}

TEST(SchemaCheck, NeedsSomethingToLookFor) {
    EXPECT_THAT(mistake_of(R"j({"schema": {}})j"), HasSubstr("columns or forbidden is needed"));
    EXPECT_THAT(
        mistake_of(R"j({"schema": {"forbidden": "a", "exact": true}})j"),
        HasSubstr("exact: goes with columns")
    );
    EXPECT_THAT(
        mistake_of(R"j({"schema": {"columns": {"a": 5}}})j"),
        HasSubstr("schema.columns.a: a type was expected")
    );
    EXPECT_THAT(
        mistake_of(R"j({"schema": {"columns": ["a"]}, "where": "x"})j"),
        HasSubstr("where: a schema has no rows")
    );
    EXPECT_THAT(
        mistake_of(R"j({"schema": {"columns": ["a"]}, "error_if": "> 5%"})j"),
        HasSubstr("a percentage of nothing")
    );
}

}  // namespace

}  // namespace reel::warehouse
