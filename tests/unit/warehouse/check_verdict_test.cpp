#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "warehouse/quality/inspect.hpp"
#include "warehouse/quality/record.hpp"
#include "warehouse/quality/report.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

Check parsed(const std::string& check) {
    const auto checks =
        parse_checks({R"({"checks": {"m.t": [)" + check + "]}}"}, OperationContext{});
    EXPECT_TRUE(checks.has_value()) << checks.error().describe();
    return checks.value().at(0);
}

CheckResult result_of(const Check& check, std::optional<double> number) {
    CheckResult result;
    result.check = &check;
    result.number = number;
    return result;
}

/// "fail 7": status and failures.
std::string judged(const Check& check, std::optional<double> number, double total = 0) {
    auto result = result_of(check, number);
    result.total = total;
    judge(result);
    return std::string(to_string(result.status)) + " " + std::to_string(result.failures);
}

TEST(Judge, HoldsTheNumberAgainstItsBounds) {
    const auto check = parsed(R"j({"row_count": {"min": 2, "max": 3}})j");
    EXPECT_EQ(judged(check, 1), "fail 1");
    EXPECT_EQ(judged(check, 2), "pass 0");
    EXPECT_EQ(judged(check, 3), "pass 0");
    EXPECT_EQ(judged(check, 4), "fail 1");
}

TEST(Judge, CountsFailingRows) {
    const auto check = parsed(R"j({"not_null": "a"})j");
    EXPECT_EQ(judged(check, 0), "pass 0");
    EXPECT_EQ(judged(check, 7), "fail 7");
    EXPECT_EQ(judged(parsed(R"j({"not_null": "a", "severity": "warn"})j"), 7), "warn 7");
}

TEST(Judge, LooksAtErrorIfBeforeWarnIf) {
    const auto check = parsed(R"j({"not_null": "a", "error_if": "> 100", "warn_if": "> 10"})j");
    EXPECT_EQ(judged(check, 10), "pass 10");
    EXPECT_EQ(judged(check, 11), "warn 11");
    EXPECT_EQ(judged(check, 101), "fail 101");
    const auto lenient =
        parsed(R"j({"not_null": "a", "error_if": "> 100", "warn_if": "> 10", "severity": "warn"})j"
        );
    EXPECT_EQ(judged(lenient, 101), "warn 101");
}

TEST(Judge, KnowsPercentOfTheRows) {
    const auto check = parsed(R"j({"not_null": "a", "error_if": "> 1%", "warn_if": "> 0.5%"})j");
    EXPECT_EQ(judged(check, 5, 1000), "pass 5");
    EXPECT_EQ(judged(check, 6, 1000), "warn 6");
    EXPECT_EQ(judged(check, 10, 1000), "warn 10");
    EXPECT_EQ(judged(check, 11, 1000), "fail 11");
    EXPECT_EQ(judged(check, 0, 0), "pass 0");
}

TEST(Judge, KnowsPercentOfAShare) {
    const auto check = parsed(R"j({"aggregate": {"of": "null_share(a)", "max": "5%"}})j");
    EXPECT_EQ(judged(check, 0.05), "pass 0");
    EXPECT_EQ(judged(check, 0.051), "fail 1");
}

TEST(Judge, FailsWhereThereIsNoNumber) {
    const auto check = parsed(R"j({"freshness": {"column": "at", "max_age": "3d"}})j");
    EXPECT_EQ(judged(check, std::nullopt), "fail 1");
    EXPECT_EQ(judged(check, 10), "pass 0");
    const auto warning = parsed(R"j({"aggregate": {"of": "avg(a)", "max": 1
}
, "severity" : "warn"})j");
    EXPECT_EQ(judged(warning, std::nullopt), "warn 1");
}

std::string judged_change(const Check& check, double number, std::optional<Change> change) {
    auto result = result_of(check, number);
    result.change = change;
    judge(result);
    return std::string(to_string(result.status));
}

TEST(Judge, HoldsAChangeAgainstItsBaseline) {
    const auto check = parsed(R"j({"change": {"of": "row_count", "within": "20%"}})j");
    EXPECT_EQ(judged_change(check, 80, Change{100, -20}), "pass");
    EXPECT_EQ(judged_change(check, 79, Change{100, -21}), "fail");
    EXPECT_EQ(judged_change(check, 121, Change{100, 21}), "fail");
    EXPECT_EQ(judged_change(check, -79, Change{-100, 21}), "fail");
    EXPECT_EQ(judged_change(check, 5, Change{0, 5}), "fail");
    EXPECT_EQ(judged_change(check, 0, Change{0, 0}), "pass");
    EXPECT_EQ(judged_change(check, 5, std::nullopt), "pass") << "nothing to compare with";
}

TEST(CheckResult, ShowsItsValueForPeople) {
    const auto rows = parsed(R"j({"row_count": 1})j");
    EXPECT_EQ(result_of(rows, std::nullopt).value(), "none");
    EXPECT_EQ(result_of(rows, 3187).value(), "3,187");
    const auto age = parsed(R"j({"freshness": {"column": "at", "max_age": "3d"}})j");
    EXPECT_EQ(result_of(age, 5400).value(), "1h 30m");
    const auto share = parsed(R"j({"aggregate": {"of": "null_share(a)", "max": "5%"}})j");
    EXPECT_EQ(result_of(share, 0.125).value(), "12.5%");
    const auto mean = parsed(R"j({"aggregate": {"of": "avg(a)", "max": 5}})j");
    EXPECT_EQ(result_of(mean, 3.25).value(), "3.25");
}

TEST(CheckResult, HasTheSqlThatShowsItsRowsOrItsNumber) {
    const auto nulls = parsed(R"j({"not_null": "a"})j");
    EXPECT_EQ(result_of(nulls, 1).sql(), R"(SELECT t.* FROM "m"."t" AS t WHERE t."a" IS NULL)");
    const auto rows = parsed(R"j({"row_count": 1})j");
    EXPECT_EQ(result_of(rows, 1).sql(), R"(SELECT count(*) AS c0 FROM "m"."t" AS t)");
    const auto distinct = parsed(R"j({"aggregate": {"of": "distinct(a)", "min": 1}})j");
    EXPECT_THAT(result_of(distinct, 1).sql(), HasSubstr("SELECT count(*) FROM (SELECT 1"));
}

LoadIdentity identity(int map_index = -1) {
    return {{core::DagId("d"), core::RunId("r"), core::TaskId("t"), map_index}, 1, 1};
}

TEST(FailuresTable, IsNamedAfterTableAndCheck) {
    const auto check = parsed(R"j({"unique": ["User Id", "b"]})j");
    const auto name = failures_table(check, identity());
    EXPECT_TRUE(name.starts_with("failures_m_t_unique_user_id_b_")) << name;
    EXPECT_NE(name, failures_table(check, identity(0)));
    const auto other = parsed(R"j({"unique": ["User-Id", "b"]})j");
    EXPECT_NE(name, failures_table(other, identity()));
    const auto longest = parsed(R"({"unique": "a", "name": ")" + std::string(200, 'x') + R"("})");
    EXPECT_EQ(failures_table(longest, identity()).size(), 63U);
}

TEST(Verdict, TellsEveryCheckThatFailed) {
    const auto check = parsed(R"j({"not_null": "a"})j");
    auto bad = result_of(check, 7);
    judge(bad);
    auto good = result_of(check, 0);
    judge(good);
    auto broken = result_of(check, std::nullopt);
    broken.status = CheckStatus::error;
    broken.message = "no such column";
    EXPECT_TRUE(verdict({good}).has_value());
    EXPECT_EQ(verdict({good, broken}).error().code, core::Errc::invalid_argument);
    const auto error = verdict({bad, good, broken}).error();
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_THAT(error.message, HasSubstr("2 of 3 checks failed"));
    EXPECT_THAT(error.message, HasSubstr("m.t not_null(a): 7, expected 0 rows"));
    EXPECT_THAT(error.message, HasSubstr("m.t not_null(a): cannot be checked: no such column"));
}

}  // namespace

}  // namespace reel::warehouse
