// What the rows of a query mean to a branch, and what counts as true.

#include <gmock/gmock.h>

#include "executor/branching.hpp"
#include "executor/outcome.hpp"
#include "executor/truth.hpp"
#include "fixture.hpp"
#include "support/fake_runner_client.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;
using ::testing::HasSubstr;

namespace {

scheduler::AttemptEnded branch_by(const std::string& report, const Json& if_true = "left") {
    const Json args{{"follow_task_ids_if_true", if_true}, {"follow_task_ids_if_false", "right"}};
    const auto order = an_order("branch.sql", args, [](core::Dag& dag) {
        add_task(dag, "left", "bash");
        add_task(dag, "right", "bash");
    });
    auto exit = support::an_exit(17, runner::ProcessEnd::exited, 0);
    exit.output = R"({"return_value": )" + report + "}";
    return interpret_exit(order, exit);
}

std::string followed(const scheduler::AttemptEnded& ended) {
    std::string names;
    if (!ended.branch) return "nobody was asked: " + ended.message;
    for (const auto& task : ended.branch->follow) names += task.str() + " ";
    return names;
}

}  // namespace

TEST(BranchingRows, OnlyTheFirstCellOfTheFirstRowCounts) {
    EXPECT_EQ(followed(branch_by(R"({"rows": [{"z": "t", "a": "f"}, {"z": "f"}]})")), "left ");
    EXPECT_EQ(followed(branch_by(R"({"rows": [{"z": "f", "a": "t"}, {"z": "t"}]})")), "right ");
    EXPECT_EQ(followed(branch_by(R"({"row_count": 9, "rows": [{"x": "on"}]})")), "left ");
}

TEST(BranchingRows, NumbersCountAsTheyDoInPython) {
    for (const char* cell : {"1", "-1", "+2", "0.001", "00100", "3.14"}) {
        EXPECT_EQ(
            followed(branch_by(R"({"rows": [{"x": ")" + std::string(cell) + R"("}]})")), "left "
        );
    }
    for (const char* cell : {"0", "-0", "+0", "0.000", "00"}) {
        EXPECT_EQ(
            followed(branch_by(R"({"rows": [{"x": ")" + std::string(cell) + R"("}]})")), "right "
        );
    }
}

TEST(BranchingRows, AListMayBeFollowedAndMayBeEmpty) {
    const std::string yes = R"({"rows": [{"x": "t"}]})";
    EXPECT_EQ(followed(branch_by(yes, Json::array({"left", "right"}))), "left right ");
    EXPECT_EQ(followed(branch_by(yes, Json::array())), "");
}

TEST(BranchingRows, WhatIsNeitherYesNorNoIsQuoted) {
    for (const auto& [report, words] : std::vector<std::pair<const char*, const char*>>{
             {R"({"rows": [{"x": "perhaps"}]})", "the first cell is \"perhaps\", neither"},
             {R"({"rows": [{"x": null}]})", "the first cell is null, neither"},
             {R"({"rows": [{}]})", "the first cell is null, neither"},
             {R"({"rows": [{"x": " t"}]})", "the first cell is \" t\", neither"},
             {R"({"rows": []})", "the query gave no row"},
             {R"({})", "the query gave no row"},
             {"null", "the query gave no row"},
             {"7", "the query gave no row"},
         }) {
        const auto ended = branch_by(report);
        EXPECT_EQ(ended.outcome, TaskOutcome::failed) << report;
        EXPECT_THAT(ended.message, HasSubstr(words)) << report;
    }
}

TEST(BranchingRows, ATaskThatIsNotThereFailsForGood) {
    const auto ended = branch_by(R"({"rows": [{"x": "t"}]})", "lfet");
    EXPECT_EQ(ended.outcome, TaskOutcome::failed_finally) << "no other row would mend it";
    EXPECT_THAT(ended.message, HasSubstr("'lfet'"));
    EXPECT_THAT(ended.message, HasSubstr("did you mean 'left'?"));
    EXPECT_EQ(followed(branch_by(R"({"rows": [{"x": "f"}]})", "lfet")), "right ");
}

TEST(Truth, OfACellIsThatOfItsText) {
    for (const char* cell : {"1", "-1", "t", "true", "T", "no", "n", " ", "0x", "1e0", ".", "-"}) {
        EXPECT_TRUE(is_true_cell(cell)) << '\'' << cell << '\'';
    }
    for (const char* cell : {"", "0", "+0", "-0.0", ".0", "0.", "000", "f", "false"}) {
        EXPECT_FALSE(is_true_cell(cell)) << '\'' << cell << '\'';
    }
}

TEST(Truth, OfATextIsThatOfTheTemplateThatGaveIt) {
    for (const char* text : {"", "0", "0.0", "false", "False", "none", "None", "null", "[]"}) {
        EXPECT_TRUE(is_false(text)) << '\'' << text << '\'';
    }
    for (const char* text : {" ", "00", "FALSE", "no", "off", "[0]", "{}", "nan"}) {
        EXPECT_FALSE(is_false(text)) << '\'' << text << '\'';
    }
}

}  // namespace reel::executor
