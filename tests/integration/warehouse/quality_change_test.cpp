#include <gmock/gmock.h>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class ChangeTest : public WarehouseTest {
  protected:
    void SetUp() override { exec("CREATE SCHEMA m; CREATE TABLE m.t (a float8)"); }

    /// "fail" or so, of a new run that finds so many rows.
    std::string status(int rows, const std::string& change) {
        run = "run" + std::to_string(++runs_);
        return again(rows, change);
    }
    /// Another attempt of the same run.
    std::string again(int rows, const std::string& change) {
        exec(
            "TRUNCATE m.t; INSERT INTO m.t SELECT i FROM generate_series(1, " +
            std::to_string(rows) + ") AS i"
        );
        ++attempt;
        const auto list = R"({"checks": {"m.t": [{"change": )" + change + "}]}}";
        const auto result = quality({list}, context("check"));
        return scalar("SELECT status FROM reel.quality_results ORDER BY id DESC LIMIT 1");
    }

    int runs_ = 0;
};

TEST_F(ChangeTest, ComparesWithTheLastRun) {
    const std::string within = R"({"of": "row_count", "within": "20%"})";
    EXPECT_EQ(status(100, within), "pass");
    EXPECT_TRUE(logged("m.t change(row_count): 0 earlier runs, too few to compare with"));
    EXPECT_EQ(status(120, within), "pass");
    EXPECT_EQ(status(97, within), "pass");
    EXPECT_EQ(status(50, within), "fail");
    EXPECT_TRUE(logged("the newest of 1 runs was 97, this is -47"));
    EXPECT_TRUE(logged("±20% against the last run"));
}

TEST_F(ChangeTest, LetsNoFailedRunBecomeTheMeasure) {
    const std::string within = R"({"of": "row_count", "within": "20%"})";
    status(100, within);
    EXPECT_EQ(status(10, within), "fail");
    EXPECT_EQ(status(10, within), "fail");
    EXPECT_EQ(status(101, within), "pass");
}

TEST_F(ChangeTest, DoesNotCompareARunWithItself) {
    const std::string within = R"({"of": "row_count", "within": 5})";
    status(100, within);
    EXPECT_EQ(status(104, within), "pass");
    EXPECT_EQ(again(109, within), "fail") << "still against 100";
    EXPECT_EQ(again(105, within), "pass");
    EXPECT_EQ(status(110, within), "pass") << "against the attempt that passed last, 105";
}

TEST_F(ChangeTest, ComparesWithTheMeanOfTheLastRuns) {
    const std::string mean = R"({"of": "row_count", "against": "mean", "runs": 2, "max": 10})";
    status(1000, R"({"of": "row_count", "min": -2000, "name": "other"})");
    status(100, mean);
    status(10, mean);
    EXPECT_EQ(status(20, mean), "pass") << "mean 55";
    EXPECT_EQ(status(26, mean), "fail") << "mean of 10 and 20";
    EXPECT_EQ(status(25, mean), "pass");
}

TEST_F(ChangeTest, ComparesInDeviations) {
    const std::string mad = R"({"of": "row_count", "against": "mad", "within": 3})";
    for (const int rows : {100, 103, 98, 101}) {
        EXPECT_EQ(status(rows, mad), "pass");
    }
    EXPECT_EQ(status(140, mad), "fail");
    EXPECT_TRUE(logged("the median of 4 runs was 100.5"));
    EXPECT_EQ(status(104, mad), "pass");
}

TEST_F(ChangeTest, KeepsTheHistoryOfEveryCheckApart) {
    const std::string sum = R"j({"of": "sum(a)", "within": "1%"})j";
    const std::string longest = R"j({"of": "max(a)", "within": "1%"})j";
    status(10, sum);
    EXPECT_EQ(status(20, longest), "pass");
    EXPECT_EQ(status(20, sum), "fail");
    EXPECT_EQ(status(20, longest), "pass");
}

TEST_F(ChangeTest, KeepsHistoryOverAnUpgradeOfItsTables) {
    const std::string within = R"({"of": "row_count", "within": "20%"})";
    status(100, within);
    exec(
        "ALTER TABLE reel.quality_results DROP kind, DROP number, DROP total, DROP sql, "
        "DROP milliseconds, DROP failures_table; UPDATE reel.warehouse_schema SET version = 1"
    );
    EXPECT_EQ(status(10, within), "pass") << "the old table knew no numbers";
    EXPECT_EQ(status(100, within), "fail");
    EXPECT_EQ(scalar("SELECT version FROM reel.warehouse_schema"), "6");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quality_results"), "3");
}

}  // namespace

}  // namespace reel::warehouse
