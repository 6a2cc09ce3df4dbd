#include <gmock/gmock.h>

#include "quality_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// Files of other tools, beside the DAG.
class QualityFilesTest : public QualityTest {
  protected:
    core::Result<core::JsonText> check(const std::string& args) {
        auto beside = context("check");
        beside.dag_dir = data_dir;
        return quality({args}, beside);
    }
    /// "table check status value" of every result, in order.
    std::string results() {
        return scalar(
            "SELECT string_agg(concat_ws(' ', table_name, check_name, status, value), '; ' "
            "ORDER BY id) FROM reel.quality_results"
        );
    }
};

TEST_F(QualityFilesTest, RunsTheTestsOfADbtFile) {
    put("models/schema.yml", R"(version: 2
models:
  - name: movies
    columns:
      - name: id
        data_tests:
          - unique: {config: {severity: warn}}
          - not_null: {config: {error_if: ">5", warn_if: ">0", store_failures: true}}
      - name: genre
        data_tests:
          - relationships:
              arguments: {to: ref('genres'), field: genre_id}
              config: {severity: warn}
      - name: lang
        data_tests:
          - accepted_values: {values: [en, ja, xx]}
          - dbt_expectations.expect_column_value_lengths_to_equal: {value: 2}
)");
    const auto report = check(R"({"dbt": {"path": "models/schema.yml", "schema": "m"}})");
    ASSERT_TRUE(report.has_value()) << report.error().describe();
    EXPECT_EQ(
        results(),
        "m.movies unique(id) warn 1; m.movies not_null(id) warn 1; "
        "m.movies relationships(genre -> m.genres.genre_id) warn 1; "
        "m.movies accepted_values(lang) pass 0; "
        "m.movies expect_column_value_lengths_to_equal(lang) pass 0"
    );
    EXPECT_EQ(scalar("SELECT count(failures_table) FROM reel.quality_results"), "1");
}

TEST_F(QualityFilesTest, RunsTheChecksOfASodaFile) {
    put("soda/checks.yml", R"(
checks for m.movies:
  - row_count > 0
  - missing_count(title) = 0:
      name: titles
  - missing_percent(id) < 30
  - duplicate_count(id) = 0
  - invalid_count(lang) = 0:
      valid values: [en, ja]
  - invalid_percent(lang) < 30%:
      valid length: 2
  - avg(budget) between 0 and 5
  - freshness(at) < 2h
  - values in (genre) must exist in m.genres (genre_id)
  - schema:
      fail: {when required column missing: [id], when wrong column type: {id: integer}}
      warn: {when forbidden column present: [lang]}
  - failed rows:
      name: negative
      fail condition: budget < 0
  - change for row_count between -1 and 1
  - row_count:
      warn: when < 10
)");
    ASSERT_FALSE(check(R"({"soda": "soda/checks.yml"})").has_value());
    EXPECT_EQ(
        results(),
        "m.movies row_count > 0 pass 4; m.movies titles fail 1; "
        "m.movies missing_percent(id) < 30 pass 1; m.movies duplicate_count(id) = 0 fail 1; "
        "m.movies invalid_count(lang) = 0 fail 1; m.movies invalid_percent(lang) < 30% pass 0; "
        "m.movies avg(budget) between 0 and 5 pass 1.333333333; "
        "m.movies freshness(at) < 2h pass 1h; "
        "m.movies values in (genre) must exist in m.genres (genre_id) fail 1; "
        "m.movies schema pass 0; m.movies schema warn 1; m.movies negative fail 1; "
        "m.movies change for row_count between -1 and 1 pass 4; m.movies row_count warn 4"
    );
}

TEST_F(QualityFilesTest, LooksAtStagedTablesUnderTheirNamesInTheFile) {
    put("t.csv", "id\n1\n1\n");
    stage_ok(R"({"source": "t.csv", "tables": {"t": {"columns": {"id": "integer"}}}})");
    put("s.yml", "models: [{name: t, columns: [{name: id, tests: [unique]}]}]");
    EXPECT_FALSE(check(R"({"dbt": {"path": "s.yml", "tables": {"t": "stage.t"}}})").has_value());
    EXPECT_EQ(results(), "stage.t unique(id) fail 1");
}

TEST_F(QualityFilesTest, TellsEveryMistakeOfEveryFileAtOnce) {
    put("a.yml", "models:\n  - name: movies\n    tests: [{nothing_like_it: {a: 1}}]\n");
    put("b.yml", "checks for m.movies:\n  - percentile(id, 0.9) > 5\n");
    put("c.yml", "version: 2\n");
    put("d.yml", "a: [\n");
    const auto result = check(
        R"({"dbt": ["a.yml", "c.yml", {"path": "none.yml"}, {"pth": "x"}],
            "soda": ["b.yml", "d.yml"],
            "checks": {"m.movies": [{"uniqe": "id"}]}})"
    );
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, core::Errc::invalid_argument);
    for (const std::string message :
         {"a.yml:3:13: model 'movies' has the test 'nothing_like_it'",
          "b.yml:2:5: check 'percentile(id, 0.9) > 5' is of the metric 'percentile'",
          "dbt[1]: there is no check in",
          "dbt[2]: ",
          "none.yml: there is no such file",
          "dbt[3].path: is required",
          "dbt[3].pth: unknown key",
          "soda[1]: ",
          "d.yml:2:1: ",
          "checks.m.movies[0]: there is no check 'uniqe'"}) {
        EXPECT_THAT(result.error().message, HasSubstr(message));
    }
}

}  // namespace

}  // namespace reel::warehouse
