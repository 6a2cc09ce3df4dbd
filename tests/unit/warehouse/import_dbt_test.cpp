#include <gmock/gmock.h>

#include "import_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Imported dbt(const std::string& text, const ImportOptions& options = {"m", {}}) {
    return import_text(import_dbt, text, options);
}

constexpr std::string_view built_in = R"(version: 2
models:
  - name: ratings
    description: what people think
    config: {materialized: table, tags: [x]}
    columns:
      - name: user_id
        data_type: integer
        tests: [not_null, unique]
      - name: Movie_ID
        data_tests:
          - relationships:
              arguments: {to: ref('movies'), field: movie_id}
              config: {severity: WARN, warn_if: ">0", error_if: ">1000", where: user_id > 0}
          - not_null: {severity: warn, limit: 20, store_failures: true}
      - name: Kind
        quote: true
        tests:
          - accepted_values:
              name: kinds are known
              values: [a, 5]
              quote: false
)";

TEST(ImportDbt, TakesTheBuiltInTests) {
    const auto found = dbt(std::string(built_in));
    EXPECT_EQ(found.mistakes, "");
    EXPECT_THAT(
        found.checks,
        ElementsAre(
            R"(m.ratings {"not_null":{"columns":["user_id"]}})",
            R"(m.ratings {"unique":{"columns":["user_id"]}})",
            R"(m.ratings {"relationships":{"column":"movie_id","to":"m.movies.movie_id"},)"
            R"("severity":"warn","warn_if":">0","error_if":">1000","where":"user_id > 0"})",
            R"(m.ratings {"not_null":{"columns":["movie_id"]},"severity":"warn",)"
            R"("store_failures":true,"limit":20})",
            R"(m.ratings {"accepted_values":{"column":"Kind","values":["a",5]},)"
            R"("name":"kinds are known"})"
        )
    );
    EXPECT_EQ(found.places.front(), "f.yml:9:17");
}

/// The only check of a test below a column `c` of m.t, without its name.
std::string of_column(const std::string& test) {
    const auto found =
        dbt("models:\n  - name: t\n    columns:\n      - name: c\n        tests:\n          - " +
            test + "\n");
    EXPECT_EQ(found.mistakes, "") << test;
    if (found.checks.size() != 1) {
        return "";
    }
    Json check = Json::parse(found.checks.front().substr(4));
    const auto bare = test.substr(test.find('.') + 1);
    EXPECT_EQ(check["name"], bare.substr(0, bare.find(':')) + "(c)");
    check.erase("name");
    return check.dump();
}

TEST(ImportDbt, TakesTheTestsOfPackages) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"dbt_utils.accepted_range: {min_value: 0, max_value: 5}",
         R"j({"expression":{"expression":"\"c\" >= (0) AND \"c\" <= (5)"}})j"},
        {"dbt_utils.accepted_range: {min_value: 0, inclusive: false}",
         R"j({"expression":{"expression":"\"c\" > (0)"}})j"},
        {"dbt_utils.expression_is_true: {expression: '>= 1'}",
         R"j({"expression":{"expression":"\"c\" >= 1"}})j"},
        {"dbt_utils.not_null_proportion: {at_least: 0.95}",
         R"j({"aggregate":{"of":"null_share(c)","max":"5%"}})j"},
        {"dbt_utils.not_empty_string", R"j({"expression":{"expression":"trim(\"c\") <> ''"}})j"},
        {"dbt_utils.not_accepted_values: {values: [x, it's]}",
         R"j({"expression":{"expression":"\"c\" NOT IN ('x', 'it''s')"}})j"},
        {"dbt_utils.not_constant",
         R"j({"aggregate":{"of":"distinct(c)","error_if":"= 1","warn_if":"= 1"}})j"},
        {"dbt_utils.relationships_where: {to: \"source('raw', 'x')\", field: id, "
         "from_condition: a > 1}",
         R"j({"relationships":{"column":"c","to":"raw.x.id"},"where":"a > 1"})j"},
        {"dbt_expectations.expect_column_to_exist", R"j({"schema":{"columns":["c"]}})j"},
        {"dbt_expectations.expect_column_values_to_be_of_type: {column_type: integer}",
         R"j({"schema":{"columns":{"c":"integer"}}})j"},
        {"dbt_expectations.expect_column_values_to_be_in_set: {value_set: [1], "
         "row_condition: 'a is null'}",
         R"j({"accepted_values":{"column":"c","values":[1]},"where":"a is null"})j"},
        {"dbt_expectations.expect_column_values_to_match_regex: {regex: '^a'}",
         R"j({"regex":{"column":"c","pattern":"^a"}})j"},
        {"dbt_expectations.expect_column_mean_to_be_between: {min_value: 1, max_value: 2.5}",
         R"j({"aggregate":{"of":"avg(c)","min":1,"max":2.5}})j"},
        {"dbt_expectations.expect_row_values_to_have_recent_data: {datepart: day, interval: 2}",
         R"j({"freshness":{"column":"c","max_age":"2d"}})j"},
    };
    for (const auto& [test, check] : table) {
        EXPECT_EQ(of_column(test), check) << test;
    }
}

TEST(ImportDbt, TakesTheRestOfDbtExpectations) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"expect_column_values_to_be_null", R"j({"expression":{"expression":"\"c\" IS NULL"}})j"},
        {"expect_column_values_to_not_be_null", R"j({"not_null":{"columns":["c"]}})j"},
        {"expect_column_values_to_be_unique: {row_condition: a > 1}",
         R"j({"unique":{"columns":["c"]},"where":"a > 1"})j"},
        {"expect_column_values_to_not_be_in_set: {value_set: [1, 2], quote_values: false}",
         R"j({"expression":{"expression":"\"c\" NOT IN (1, 2)"}})j"},
        {"expect_column_values_to_be_between: {max_value: current_date, strictly: true}",
         R"j({"expression":{"expression":"\"c\" < (current_date)"}})j"},
        {"expect_column_value_lengths_to_be_between: {min_value: 1, max_value: 9}",
         R"j({"expression":{"expression":"char_length(\"c\") >= (1) AND char_length(\"c\") <= (9)"}})j"
        },
        {"expect_column_value_lengths_to_equal: {value: 2}",
         R"j({"expression":{"expression":"char_length(\"c\") = (2)"}})j"},
        {"expect_column_values_to_not_match_regex: {regex: it's}",
         R"j({"expression":{"expression":"\"c\" !~ 'it''s'"}})j"},
        {"expect_column_min_to_be_between: {min_value: 0}",
         R"j({"aggregate":{"of":"min(c)","min":0}})j"},
        {"expect_column_max_to_be_between: {max_value: 0}",
         R"j({"aggregate":{"of":"max(c)","max":0}})j"},
        {"expect_column_sum_to_be_between: {min_value: 0, max_value: 1}",
         R"j({"aggregate":{"of":"sum(c)","min":0,"max":1}})j"},
        {"expect_column_stdev_to_be_between: {max_value: 1}",
         R"j({"aggregate":{"of":"stddev(c)","max":1}})j"},
        {"expect_column_unique_value_count_to_be_between: {min_value: 3}",
         R"j({"aggregate":{"of":"distinct(c)","min":3}})j"},
        {"expression_is_true: {expression: '> 0'}", R"j({"expression":{"expression":"\"c\" > 0"}})j"
        },
    };
    for (const auto& [test, check] : table) {
        EXPECT_EQ(of_column("dbt_expectations." + test), check) << test;
    }
}

TEST(ImportDbt, TakesSetsOfColumnsAndCountsOfRows) {
    const auto found = dbt(R"(models:
  - name: t
    tests:
      - dbt_expectations.expect_table_columns_to_contain_set: {column_list: [a]}
      - dbt_expectations.expect_table_columns_to_match_set: {column_list: [a, b], transform: lower}
      - dbt_expectations.expect_table_row_count_to_equal: {value: 5}
      - dbt_expectations.expect_compound_columns_to_be_unique:
          {column_list: [a, b], ignore_row_if: any_value_is_missing}
      - dbt_utils.at_least_one: {column_name: a}
)");
    EXPECT_EQ(found.mistakes, "");
    EXPECT_THAT(
        found.checks,
        ElementsAre(
            R"(m.t {"schema":{"columns":["a"],"exact":false}})",
            R"(m.t {"schema":{"columns":["a","b"],"exact":true}})",
            R"(m.t {"row_count":{"equals":5}})",
            R"(m.t {"unique":{"columns":["a","b"],"nulls_equal":false}})",
            R"j(m.t {"aggregate":{"of":"null_share(a)","error_if":">= 1","warn_if":">= 1"},)j"
            R"j("name":"at_least_one(a)"})j"
        )
    );
}

TEST(ImportDbt, TakesTestsOfWholeTables) {
    const auto found = dbt(R"(models:
  - name: t
    tests:
      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [a, b]}
      - dbt_expectations.expect_table_row_count_to_be_between: {min_value: 1}
      - dbt_expectations.expect_compound_columns_to_be_unique: {column_list: [a, b]}
      - dbt_utils.expression_is_true: {expression: a < b}
      - dbt_utils.recency: {datepart: hour, field: at, interval: 12}
      - test_name: unique
        name: by hand
        column_name: a
)");
    EXPECT_EQ(found.mistakes, "");
    EXPECT_THAT(
        found.checks,
        ElementsAre(
            R"(m.t {"unique":{"columns":["a","b"],"nulls_equal":true}})",
            R"(m.t {"row_count":{"min":1}})",
            R"j(m.t {"unique":{"columns":["a","b"],"nulls_equal":true},)j"
            R"j("where":"num_nonnulls(\"a\", \"b\") > 0"})j",
            R"(m.t {"expression":{"expression":"a < b"}})",
            R"(m.t {"freshness":{"column":"at","max_age":"12h"}})",
            R"(m.t {"unique":{"columns":["a"]},"name":"by hand"})"
        )
    );
}

TEST(ImportDbt, KnowsWhereTablesAre) {
    const std::string text = R"y(
sources:
  - name: raw
    schema: landing
    tables: [{name: x, identifier: x_2024, columns: [{name: a, tests: [unique]}]}]
  - name: other
    tables: [{name: y, tests: [{dbt_utils.expression_is_true: {expression: a}}]}]
models:
  - name: t
    config: {schema: mart, alias: t_v2}
    columns: [{name: a, tests: [unique, {relationships: {to: "source('raw','x')", field: a}}]}]
  - {name: u, columns: [{name: a, tests: [unique]}]}
)y";
    EXPECT_THAT(
        dbt(text, {"m", {{"u", "stage.u"}, {"raw.x", "stage.x"}}}).checks,
        ElementsAre(
            R"(mart.t_v2 {"unique":{"columns":["a"]}})",
            R"(mart.t_v2 {"relationships":{"column":"a","to":"stage.x.a"}})",
            R"(stage.u {"unique":{"columns":["a"]}})",
            R"(stage.x {"unique":{"columns":["a"]}})",
            R"(other.y {"expression":{"expression":"a"}})"
        )
    );
    EXPECT_THAT(dbt(text).checks[1], HasSubstr(R"("to":"landing.x_2024.a")"));
}

TEST(ImportDbt, TakesFreshnessOfSources) {
    const auto found = dbt(R"(
sources:
  - name: raw
    loaded_at_field: loaded_at
    freshness:
      warn_after: {count: 12, period: hour}
      error_after: {count: 1, period: day}
    tables:
      - name: a
      - {name: b, loaded_at_field: at, freshness: {warn_after: {count: 2, period: day}, filter: x}}
      - {name: c, freshness: null}
)");
    EXPECT_EQ(found.mistakes, "");
    EXPECT_THAT(
        found.checks,
        ElementsAre(
            R"(raw.a {"freshness":{"column":"loaded_at","severity":"error","warn_if":"> 12h",)"
            R"("error_if":"> 1d"}})",
            R"(raw.b {"freshness":{"column":"at","severity":"warn","warn_if":"> 2d","where":"x"}})"
        )
    );
}

TEST(ImportDbt, TakesContractsAndConstraints) {
    const auto found = dbt(R"(
models:
  - name: t
    config: {contract: {enforced: true}}
    columns:
      - {name: a, data_type: integer, constraints: [{type: primary_key}]}
      - {name: b, constraints: [{type: check, expression: b > 0}]}
)");
    EXPECT_EQ(found.mistakes, "");
    EXPECT_THAT(
        found.checks,
        ElementsAre(
            R"(m.t {"not_null":{"columns":["a"]}})",
            R"(m.t {"unique":{"columns":["a"]}})",
            R"(m.t {"expression":{"expression":"b > 0"}})",
            R"(m.t {"schema":{"columns":{"a":"integer","b":null},"exact":true}})"
        )
    );
}

TEST(ImportDbt, LeavesOutOnlyWhatIsNotEnabled) {
    const auto found = dbt(R"(
models:
  - name: t
    columns:
      - name: a
        tests:
          - unique: {config: {enabled: false}}
          - not_null
  - name: off
    config: {enabled: false}
    columns: [{name: a, tests: [unique]}]
)");
    EXPECT_THAT(found.checks, ElementsAre(R"(m.t {"not_null":{"columns":["a"]}})"));
}

TEST(ImportDbt, TellsThePlaceOfEverythingThatItCannotDo) {
    const auto found = dbt(R"(models:
  - name: t
    columms: []
    tests:
      - dbt_utils.accepted_rang: {min_value: 0}
      - dbt_utils.mutually_exclusive_ranges: {lower_bound_column: a}
      - unique: {config: {severity: warn, fail_calc: max(n)}}
      - dbt_utils.expression_is_true: {expression: "{{ var('x') }} > 0"}
      - not_null: {column_name: a, colour: red}
      - dbt_utils.recency: {datepart: month, field: at, interval: 1}
      - [unique]
    columns:
      - name: a
        tests:
          - relationships: {to: movies, field: id}
          - dbt_utils.not_constant: {config: {error_if: ">5"}}
          - unique: {config: {store_failures_as: view}}
          - accepted_values: {values: {a: b}}
        constraints: [{type: foreign_key}]
unit_tests: []
)");
    for (const std::string message :
         {"f.yml:3:5: model 't': 'columms' is not supported (did you mean 'columns'?)",
          "f.yml:5:9: model 't' has the test 'dbt_utils.accepted_rang', which is not known here "
          "(did you mean 'dbt_utils.accepted_range'?)",
          "f.yml:6:9: model 't' has the test 'dbt_utils.mutually_exclusive_ranges'",
          "test 'unique' of model 't' lacks its column",
          "has the fail_calc 'max(n)'",
          "f.yml:8:52: model 't': '{{ var('x') }} > 0' needs dbt's Jinja",
          "test 'not_null' of model 't': 'colour' is not supported",
          "has an age of '1 month'",
          "f.yml:11:9: a test of model 't' was expected",
          "needs ref('…') or source('…', '…') in 'to', not 'movies'",
          "has 'error_if', but does not count rows",
          "stores failures as 'view'",
          "'values' must be a list of values",
          "constraint of model 't' of type 'foreign_key' is not supported",
          "f.yml:20:1: the file: 'unit_tests' is not supported"}) {
        EXPECT_THAT(found.mistakes, HasSubstr(message));
    }
}

TEST(ImportDbt, RefusesWhatIsNoSuchFile) {
    EXPECT_THAT(dbt("- a\n").mistakes, HasSubstr("f.yml:1:1: the file is no map"));
    EXPECT_THAT(dbt("models: [5]\n").mistakes, HasSubstr("f.yml:1:10: model '' is no map"));
    EXPECT_THAT(dbt("version: 2\n").checks, IsEmpty());
}

}  // namespace

}  // namespace reel::warehouse
