#include <gmock/gmock.h>

#include "import_fixture.hpp"
#include "warehouse/quality/import/soda_line.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Imported soda_text(const std::string& text, const ImportOptions& options = {"m", {}}) {
    return import_text(import_soda, text, options);
}

/// The only check of a list item, without its table.
std::string of_item(const std::string& item) {
    const auto found = soda_text("checks for t:\n  - " + item + "\n");
    EXPECT_EQ(found.mistakes, "") << item;
    return found.checks.size() == 1 ? found.checks.front().substr(4) : "";
}

TEST(ImportSoda, TakesLinesAndTheOppositeOfTheirThresholds) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"row_count > 0",
         R"({"row_count":{},"error_if":"<= 0","warn_if":"<= 0","name":"row_count > 0"})"},
        {"row_count between 10 and 20",
         R"({"row_count":{},"error_if":"not between 10 and 20",)"
         R"("warn_if":"not between 10 and 20","name":"row_count between 10 and 20"})"},
        {"missing_count(c) = 0",
         R"j({"not_null":{"columns":["c"]},"error_if":"!= 0","warn_if":"!= 0",)j"
         R"j("name":"missing_count(c) = 0"})j"},
        {"missing_percent(c) < 5 %",
         R"j({"not_null":{"columns":["c"]},"error_if":">= 5%","warn_if":">= 5%",)j"
         R"j("name":"missing_percent(c) < 5 %"})j"},
        {"missing_percent(c) < 5",
         R"j({"not_null":{"columns":["c"]},"error_if":">= 5%","warn_if":">= 5%",)j"
         R"j("name":"missing_percent(c) < 5"})j"},
        {"duplicate_count(a, b) = 0",
         R"j({"unique":{"columns":["a","b"]},"error_if":"!= 0","warn_if":"!= 0",)j"
         R"j("name":"duplicate_count(a, b) = 0"})j"},
        {"avg(c) between 1 and 2.5",
         R"j({"aggregate":{"of":"avg(c)"},"error_if":"not between 1 and 2.5",)j"
         R"j("warn_if":"not between 1 and 2.5","name":"avg(c) between 1 and 2.5"})j"},
        {"freshness(c) < 1d6h",
         R"j({"freshness":{"column":"c"},"error_if":">= 1d6h","warn_if":">= 1d6h",)j"
         R"j("name":"freshness(c) < 1d6h"})j"},
        {"values in (c) must exist in movies (id)",
         R"j({"relationships":{"column":"c","to":"m.movies.id"},)j"
         R"j("name":"values in (c) must exist in movies (id)"})j"},
        {"change for row_count between -5 and 25",
         R"({"change":{"of":"row_count"},"error_if":"not between -5 and 25",)"
         R"("warn_if":"not between -5 and 25","name":"change for row_count between -5 and 25"})"},
        {"change percent for row_count > -50",
         R"({"change":{"of":"row_count"},"error_if":"<= -50%","warn_if":"<= -50%",)"
         R"("name":"change percent for row_count > -50"})"},
        {"change avg last 7 percent for avg(c) < 50",
         R"j({"change":{"of":"avg(c)","against":"mean","runs":7},"error_if":">= 50%",)j"
         R"j("warn_if":">= 50%","name":"change avg last 7 percent for avg(c) < 50"})j"},
    };
    for (const auto& [item, check] : table) {
        EXPECT_EQ(of_item(item), check) << item;
    }
}

TEST(ImportSoda, TakesWhatIsBadUnderWarnAndFail) {
    EXPECT_EQ(
        of_item("row_count: {warn: when < 1000, fail: when = 0, name: rows}"),
        R"({"row_count":{},"error_if":"= 0","warn_if":"< 1000","name":"rows"})"
    );
    EXPECT_EQ(
        of_item("missing_percent(c): {warn: when > 5}"),
        R"j({"not_null":{"columns":["c"]},"severity":"warn","warn_if":"> 5%",)j"
        R"j("name":"missing_percent(c)"})j"
    );
}

/// The condition that valid rows keep.
std::string validity_of(const std::string& config, const std::string& metric = "invalid_count") {
    const auto check = Json::parse(of_item(metric + "(c) = 0: {" + config + "}"));
    return check["expression"]["expression"];
}

TEST(ImportSoda, TakesWhatIsValidAndWhatIsMissing) {
    EXPECT_EQ(validity_of("valid values: [a, 5]"), R"("c" IN ('a', '5'))");
    EXPECT_EQ(validity_of("valid min: 0.5, valid max: 5"), R"("c" >= '0.5' AND "c" <= '5')");
    EXPECT_EQ(validity_of("valid regex: '^a'"), R"("c"::text ~ '^a')");
    EXPECT_EQ(validity_of("valid length: 2"), R"(char_length("c"::text) = '2')");
    EXPECT_EQ(
        validity_of("valid min length: 1, valid max length: 9"),
        R"(char_length("c"::text) >= '1' AND char_length("c"::text) <= '9')"
    );
    EXPECT_THAT(validity_of("valid format: uuid"), HasSubstr(R"("c"::text ~ '^[0-9a-fA-F]{8}-)"));
    EXPECT_EQ(
        validity_of("valid values: [a], missing values: [n/a, '-']"),
        R"(("c"::text IN ('n/a', '-')) OR ("c" IN ('a')))"
    );
    EXPECT_EQ(
        validity_of("missing values: [n/a]", "missing_count"),
        R"("c" IS NOT NULL AND NOT ("c"::text IN ('n/a')))"
    );
}

TEST(ImportSoda, KnowsFormatsThatSayTheSameEverywhere) {
    for (const std::string name :
         {"email",
          "uuid",
          "integer",
          "positive integer",
          "negative integer",
          "decimal",
          "date iso 8601",
          "date us",
          "date eu",
          "ip address"}) {
        EXPECT_THAT(validity_of("valid format: " + name), testing::StartsWith(R"("c"::text ~ )"))
            << name;
    }
    EXPECT_EQ(validity_of("invalid values: [x]"), R"("c" NOT IN ('x'))");
    EXPECT_EQ(validity_of("invalid regex: x"), R"("c"::text !~ 'x')");
    EXPECT_EQ(
        validity_of("missing regex: '^-$'", "missing_count"),
        R"("c" IS NOT NULL AND NOT ("c"::text ~ '^-$'))"
    );
}

TEST(ImportSoda, TakesEveryNumberOfAColumn) {
    for (const std::string metric :
         {"avg", "min", "max", "sum", "stddev", "avg_length", "min_length", "max_length"}) {
        const auto check = Json::parse(of_item(metric + "(c) > 1"));
        EXPECT_EQ(check["aggregate"]["of"], metric + "(c)");
        const auto change = Json::parse(of_item("change for " + metric + "(c) < 1"));
        EXPECT_EQ(change["change"]["of"], metric + "(c)");
    }
    const auto count = Json::parse(of_item("change for missing_count(c) < 1"));
    EXPECT_EQ(count["change"]["of"], "null_count(c)");
    const auto share = Json::parse(of_item("change for missing_percent(c) < 1"));
    EXPECT_EQ(share["change"]["of"], "null_share(c)");
}

TEST(ImportSoda, TakesFailedRows) {
    EXPECT_EQ(
        of_item("failed rows: {name: future, fail query: select 1, samples limit: 20}"),
        R"({"sql":{"query":"select 1"},"name":"future","limit":20})"
    );
    EXPECT_EQ(
        of_item("failed rows: {fail condition: a > b}"),
        R"j({"expression":{"expression":"NOT (a > b\n)"},"name":"failed rows"})j"
    );
}

TEST(ImportSoda, TakesSchemas) {
    const auto found = soda_text(R"(
checks for t:
  - schema:
      name: shape
      fail:
        when required column missing: [a]
        when wrong column type: {a: integer, b: varchar(20)}
      warn:
        when forbidden column present: [password]
)");
    EXPECT_EQ(found.mistakes, "");
    EXPECT_THAT(
        found.checks,
        ElementsAre(
            R"j(m.t {"schema":{"columns":{"a":"integer","b":"varchar(20)"}},)j"
            R"j("severity":"error","name":"shape"})j",
            R"(m.t {"schema":{"forbidden":["password"]},"severity":"warn","name":"shape"})"
        )
    );
    EXPECT_THAT(found.places, ElementsAre("f.yml:3:5", "f.yml:3:5"));
}

TEST(ImportSoda, NarrowsByFilters) {
    const auto found = soda_text(R"(
filter t [daily]:
  where: at > now() - interval '1 day'
checks for t [daily]:
  - row_count > 0
  - missing_count(c) = 0:
      filter: x
checks for other.t:
  - row_count > 0
)");
    EXPECT_EQ(found.mistakes, "");
    ASSERT_EQ(found.checks.size(), 3U);
    EXPECT_THAT(found.checks[0], HasSubstr(R"("where":"at > now() - interval '1 day'")"));
    EXPECT_THAT(
        found.checks[1], HasSubstr(R"j("where":"(at > now() - interval '1 day') AND (x)")j")
    );
    EXPECT_THAT(found.checks[2], testing::StartsWith("other.t "));
}

TEST(ImportSoda, TellsThePlaceOfEverythingThatItCannotDo) {
    const auto found = soda_text(R"(checks for t:
  - row_count
  - percentile(c, 0.5) > 1
  - anomaly detection for row_count
  - row_count same as u
  - change same day last week for row_count > 1
  - invalid_count(c) = 0
  - invalid_count(c) = 0: {valid format: iban}
  - missing_count(c) = 0: {colour: red}
  - values in (a, b) must exist in u (a, b)
  - schema: {fail: {when wrong column index: {a: 1}}}
  - failed rows: {fail condition: a, fail query: b}
  - row_count: {warn: sometimes}
  - [row_count > 0]
  - avg(c) between (1 and 2]
checks for u [daily]:
  - row_count > 0
discover datasets: {}
)");
    for (const std::string message :
         {"f.yml:2:5: check 'row_count' has no threshold",
          "f.yml:3:5: check 'percentile(c, 0.5) > 1' is of the metric 'percentile'",
          "f.yml:4:5: check 'anomaly detection for row_count' is not supported",
          "f.yml:5:5: check 'row_count same as u' is not supported",
          "f.yml:6:5: check 'change same day last week for row_count > 1' is not supported",
          "f.yml:7:5: check 'invalid_count(c) = 0' says nowhere what is valid",
          "has the format 'iban'; write it as 'valid regex'",
          "f.yml:9:28: check 'missing_count(c) = 0': 'colour' is not supported",
          "is known here for one column only",
          "check 'schema' under 'fail': 'when wrong column index' is not supported",
          "needs either 'fail condition' or 'fail query'",
          "has a wrong 'warn': 'sometimes' is not a condition",
          "f.yml:14:5: a check was expected",
          "'between (1 and 2]' is not a condition",
          "f.yml:16:1: there is no 'filter u [daily]'",
          "f.yml:18:1: 'discover datasets' is not supported"}) {
        EXPECT_THAT(found.mistakes, HasSubstr(message));
    }
}

TEST(ImportSoda, RefusesWhatIsNoSuchFile) {
    EXPECT_THAT(soda_text("- a\n").mistakes, HasSubstr("a map with 'checks for TABLE:'"));
    EXPECT_THAT(soda_text("checks for t: 5\n").mistakes, HasSubstr("a list of checks"));
    EXPECT_THAT(soda_text("").checks, IsEmpty());
}

TEST(SodaLine, TakesQuotedColumns) {
    EXPECT_THAT(
        soda::parse_metric_line(R"(missing_count("a b") = 0)").value().columns, ElementsAre("a b")
    );
    EXPECT_EQ(soda::parse_alert("when not between 1 and 2").value().text(), "not between 1 and 2");
    EXPECT_EQ(soda::parse_dataset(" a.b [c d] ").partition, "c d");
}

}  // namespace

}  // namespace reel::warehouse
