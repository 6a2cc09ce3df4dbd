#include <gmock/gmock.h>

#include "load_fixture.hpp"
#include "support/dice.hpp"
#include "warehouse/stage/text_pattern.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class StageChecksTest : public LoadTest {
  protected:
    static std::string args(const std::string& checks, const std::string& key = "") {
        Json table = {
            {"columns", {{"id", "integer"}, {"name", "text"}, {"price", "numeric(6,2)"}}},
            {"checks", Json::parse("[" + checks + "]")}
        };
        if (!key.empty()) table["key"] = key;
        return Json{{"source", "t.csv"}, {"rejects", 9}, {"tables", {{"t", table}}}}.dump();
    }
    /// "status number failures" of each check, from the table.
    std::string results() {
        return scalar(
            "SELECT string_agg(concat_ws(' ', status, number, failures), ', ' ORDER BY id) "
            "FROM reel.quality_results"
        );
    }
    std::string messages() {
        return scalar(
            "SELECT string_agg(coalesce(message, '-'), ', ' ORDER BY id) FROM reel.quality_results"
        );
    }
};

TEST_F(StageChecksTest, AreCountedWhileTheRowsAreRead) {
    put("t.csv", "id,name,price\n1,a,1\n2,,2\n3,c,900\nx,d,4\n");
    const auto report = stage_ok(args(
        R"({"not_null": "name", "severity": "warn"}, {"range": {"column": "price", "max": 100}, "error_if": "> 50%"},
           {"accepted_values": {"column": "name", "values": ["a", "c"]}}, {"length": {"column": "name", "max": 1}},
           {"regex": {"column": "name", "pattern": "^[a-z]$"}})"
    ));
    EXPECT_EQ(results(), "warn 1 1, warn 1 1, pass 0 0, pass 0 0, pass 0 0");
    EXPECT_THAT(messages(), HasSubstr("counted while the rows are read, counted"));
    EXPECT_EQ(report["checks"].size(), 5U);
    EXPECT_EQ(report["checks"][0]["table"], "stage.t");
    EXPECT_EQ(report["checks"][0]["status"], "warn");
    EXPECT_THAT(report["checks"][0]["examples"][0], HasSubstr(R"("id": 2)"));
    EXPECT_EQ(scalar("SELECT total FROM reel.quality_results LIMIT 1"), "3");
}

TEST_F(StageChecksTest, StageNothingWhereOneFails) {
    put("t.csv", "id,name,price\n1,a,1\n2,,2\nx,,\n");
    const auto error =
        stage_error(args(R"({"not_null": {"columns": "name", "store_failures": true}})"));
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("stage.t not_null(name): 1, expected 0 rows"));
    EXPECT_THAT(error.hint, HasSubstr("nothing was staged"));
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.staged_tables"), "0");
    EXPECT_EQ(results(), "fail 1 1");
    EXPECT_EQ(
        scalar("SELECT concat_ws(' ', status, staged) FROM reel.stage_reports"), "checks_failed 2"
    );
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "1");
    const auto stored = scalar("SELECT failures_table FROM reel.quality_results");
    EXPECT_EQ(scalar("SELECT string_agg(id::text, ',') FROM " + stored), "2");
}

TEST_F(StageChecksTest, StageNothingOverSeveralConnectionsEither) {
    std::string content = "id,name,price\n";
    for (int i = 0; content.size() < 20'000'000; ++i) {
        content +=
            std::to_string(i) + "," + std::string(i % 1000 == 999 ? "" : "some name") + ",1\n";
    }
    put("t.csv", content);
    stage_error(args(R"({"not_null": "name", "error_if": "> 100"})", "id"));
    EXPECT_EQ(staging_tables(), "0");
    const auto empty = scalar("SELECT number FROM reel.quality_results");
    EXPECT_GT(std::stoi(empty), 100);
    ++attempt;
    stage_ok(args(R"({"not_null": "name", "error_if": "> )" + empty + "\"}", "id"));
    EXPECT_EQ(
        scalar("SELECT count(*) FILTER (WHERE name IS NULL) FROM " + staged["stage.t"].physical),
        empty
    );
}

TEST_F(StageChecksTest, LookAtTheRowsThatStayWhereDuplicatesWent) {
    put("t.csv", "id,name,price\n1,,1\n2,b,2\n1,a,1\n");
    stage_ok(args(
        R"({"not_null": "name"}, {"range": {"column": "price", "min": 0}}, {"unique": "id"})", "id"
    ));
    EXPECT_EQ(results(), "pass 0 0, pass 0 0, pass 0 0");
    EXPECT_EQ(messages(), "-, counted while the rows are read, the staged key keeps it")
        << "the row without a name is gone, so the table itself was asked";
}

TEST_F(StageChecksTest, AreMadeInTheWarehouseWhereTheyNeedIt) {
    put("t.csv", "id,name,price\n1,a,1\n2,b,2\n2,c,3\n");
    const auto error = stage_error(args(
        R"({"expression": "price < 3"}, {"unique": "id", "severity": "warn"}, {"row_count": 3}, {"not_null": "name", "where": "id > 1"},
           {"relationships": {"column": "id", "to": "stage.t.id"}}, {"regex": {"column": "name", "pattern": "(?i)[ABC]"}})"
    ));
    EXPECT_EQ(results(), "fail 1 1, warn 1 1, pass 3 0, pass 0 0, pass 0 0, pass 0 0");
    EXPECT_THAT(error.message, HasSubstr("1 of 6 checks failed"));
}

TEST_F(StageChecksTest, SayTheSameAsTheWarehouseDoes) {
    scheduler::Dice dice(7);
    const std::vector<std::string> names = {
        "", "a", "A", "é", "ab_1", "a b", "tt01", "x@y.de", "\"a\nb\""
    };
    const std::vector<std::string> prices = {"", "0", "-0.00", "1.5", "1.50", "9999.99", "-3.25"};
    std::string content = "id,name,price\n";
    for (int i = 0; i < 500; ++i) {
        content += std::to_string(dice.below(40)) + "," + dice.pick(names) + "," +
                   dice.pick(prices) + "\n";
    }
    put("t.csv", content);
    const std::vector<std::string> checks = {
        R"({"not_null": ["name", "price"]})",
        R"({"range": {"column": "id", "min": 5, "max": 30}})",
        R"({"range": {"column": "price", "min": "-0.001", "max": "1.50"}})",
        R"({"accepted_values": {"column": "price", "values": [0, 1.5, "9999.990"]}})",
        R"({"accepted_values": {"column": "name", "values": ["a", "é"]}})",
        R"({"length": {"column": "name", "min": 2, "max": 4}})",
        R"({"regex": {"column": "name", "pattern": "^\\w+$"}})",
        R"({"regex": {"column": "name", "pattern": "a.b|^[A-Z]$"}})"
    };
    std::string list;
    for (const auto& check : checks) {
        for (const std::string where : {"", R"(, "where": "true")"}) {
            list += (list.empty() ? "" : ", ") + check.substr(0, check.size() - 1) +
                    R"(, "severity": "warn")" + where + "}";
        }
    }
    stage_ok(args(list));
    EXPECT_EQ(
        scalar(
            "SELECT count(DISTINCT message) FROM reel.quality_results WHERE message LIKE 'counted%'"
        ),
        "1"
    );
    EXPECT_EQ(
        scalar("SELECT string_agg(check_name, ', ') FROM (SELECT check_name FROM (SELECT "
               "check_name, number, "
               "(row_number() OVER (ORDER BY id) - 1) / 2 AS pair FROM reel.quality_results) AS r "
               "GROUP BY pair, check_name HAVING count(DISTINCT number) <> 1) AS q"),
        "NULL"
    );
    EXPECT_GT(std::stoi(scalar("SELECT count(*) FROM reel.quality_results WHERE number > 0")), 12);
}

TEST_F(StageChecksTest, HaveAPlaceInTheirMistakes) {
    put("t.csv", "id,name,price\n");
    const auto error = stage_error(args(R"({"not_nul": "name"})"));
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr("tables.t.checks[0]: there is no check 'not_nul'"));
}

TEST_F(StageChecksTest, AreExplained) {
    put("t.csv", "id,name,price\n");
    const LoadPlan plan{
        .stage = {args(
            R"({"not_null": "name"}, {"expression": "price > 0"}, {"unique": "id"})", "id"
        )},
        .upserts = {{R"({"from": "stage.t", "into": "s.t", "checks": [{"not_null": "price"}]})"}}
    };
    const auto report = explain_load(plan, context());
    ASSERT_TRUE(report) << report.error().describe();
    std::string told;
    for (const auto& step : Json::parse(report->text)) {
        if (step["step"] != "check") continue;
        told += step["what"].get<std::string>() + ": " + step["reason"].get<std::string>() + " [" +
                (step["sql"] == "" ? "" : "SQL") + "]\n";
    }
    EXPECT_EQ(
        told,
        "not_null(name) of stage.t, expected 0 rows: counted while the rows are read []\n"
        "expression(price > 0) of stage.t, expected 0 rows: in the warehouse before the rows are "
        "published: its "
        "expression is SQL [SQL]\n"
        "unique(id) of stage.t, expected 0 keys: the staged key keeps it []\n"
        "not_null(price) of s.t, expected 0 rows: in the warehouse before the rows are published: "
        "a check of upsert "
        "[SQL]\n"
    );
}

TEST_F(StageChecksTest, AreExplainedAsTheyAreMade) {
    put("t.csv", "id,more\n1,\n");
    const std::string args = R"({"source": "t.csv", "tables": {"t": {
        "contract": {"columns": "evolve"}, "columns": {"id": "integer"},
        "checks": [{"not_null": {"column": "more", "severity": "warn"}}]}}})";
    const auto report = explain_load({.stage = {args}, .upserts = {}}, context());
    ASSERT_TRUE(report) << report.error().describe();
    const auto step = Json::parse(report->text).back();
    EXPECT_THAT(step.at("reason").get<std::string>(), testing::StartsWith("in the warehouse"))
        << "a column that a contract adds is known too late to be counted";
    EXPECT_THAT(step.at("sql").get<std::string>(), HasSubstr("\"more\""));
    const auto made = stage_ok(args).at("checks").at(0);
    EXPECT_EQ(made.at("failures"), 1);
    EXPECT_EQ(made.at("sql").get<std::string>() == "", step.at("sql") == "");
}

/// Patterns made at random, wherever there is a table for them, beside the server's `~`.
TEST_F(StageChecksTest, FindPatternsWhereTheServerFindsThem) {
    scheduler::Dice dice(11);
    const std::vector<std::string> pieces = {
        "a",     "b",    "0",   ".",           "^",   "$",       "[ab]", "[^a]", "[0-9]", "\\d",
        "\\w",   "\\s",  "\\.", "(",           ")",   "|",       "*",    "+",    "?",     "{2}",
        "{1,2}", "{0,}", "(?:", "[[:alpha:]]", "\\W", "[a\\d-]", "]",    "}"
    };
    const std::vector<std::string> letters = {"a", "b", "0", "1", ".", " ", "\n", "-", "é", "]"};
    postgres::Link link(uri);
    int compared = 0;
    for (int i = 0; i < 6000; ++i) {
        std::string pattern;
        for (int size = 1 + dice.below(6); size > 0; --size) pattern += dice.pick(pieces);
        const auto made = TextPattern::make(pattern);
        if (!made) continue;
        std::string text;
        for (int size = dice.below(6); size > 0; --size) text += dice.pick(letters);
        const auto found = made->is_found_in(text);
        if (!found) continue;
        const auto rows = link.exec("SELECT ($1 ~ $2)::text AS found", {text, pattern});
        EXPECT_EQ(rows.at(0, "found"), *found ? "true" : "false")
            << pattern << " in '" << text << "'";
        ++compared;
    }
    EXPECT_GT(compared, 1500);
}

}  // namespace

}  // namespace reel::warehouse
