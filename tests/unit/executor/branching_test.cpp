#include "executor/branching.hpp"

#include <gmock/gmock.h>

#include "executor/outcome.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"
#include "support/fake_runner_client.hpp"

namespace reel::executor {

using core::Errc;
using scheduler::BranchDecision;
using scheduler::TaskOutcome;
using ::testing::HasSubstr;

namespace {

/// One task of this operator, with `left` and `right` behind it.
scheduler::AttemptOrder fork(const std::string& operator_name, const Json& args) {
    return an_order(operator_name, args, [](core::Dag& dag) {
        add_task(dag, "left", "bash");
        add_task(dag, "right", "bash");
    });
}

BranchDecision following(const std::vector<std::string>& names) {
    BranchDecision decision;
    for (const auto& name : names) {
        decision.follow.emplace_back(name);
    }
    return decision;
}

core::Result<std::optional<BranchDecision>> choose(const Json& follow) {
    const auto order = fork("branch", Json{{"follow", follow}});
    FakeStore store;
    SecretMask mask;
    return decide_by_arguments(order, store, options_below("/tmp"), mask, a_date());
}

bool goes_on(const Json& condition) {
    const auto order = fork("short_circuit", Json{{"condition", condition}});
    FakeStore store;
    SecretMask mask;
    return !decide_by_arguments(order, store, options_below("/tmp"), mask, a_date()).value();
}

}  // namespace

TEST(Branching, FollowsOneTaskOrAList) {
    EXPECT_EQ(choose("left").value(), following({"left"}));
    EXPECT_EQ(choose(Json::array({"left", "right"})).value(), following({"left", "right"}));
    EXPECT_EQ(choose("{{ ['right'] | tojson }}").value(), following({"right"}));
}

TEST(Branching, FollowsNobodyForNothing) {
    EXPECT_EQ(choose("").value(), following({}));
    EXPECT_EQ(choose("{{ none }}").value(), following({}));
    EXPECT_EQ(choose("[]").value(), following({}));
}

TEST(Branching, FollowsTheTasksThatAGroupBeginsWith) {
    // t ─▶ [ g: a ─▶ b, [ inner: c ─▶ d ] ]
    const auto chosen_by = [](const Json& follow) {
        const auto order = an_order("branch", Json{{"follow", follow}}, [](core::Dag& dag) {
            for (const auto& [id, group, up] :
                 {std::tuple("g.a", "g", 0U),
                  std::tuple("g.b", "g", 1U),
                  std::tuple("g.inner.c", "g.inner", 0U),
                  std::tuple("g.inner.d", "g.inner", 3U)}) {
                add_task(dag, id, "bash");
                dag.tasks.back().group = group;
                dag.tasks.back().upstream = {up};
            }
            dag.groups = {
                {.group_id = "g", .label = "g"},
                {.group_id = "g.inner", .label = "inner", .parent = "g"}
            };
        });
        FakeStore store;
        SecretMask mask;
        return decide_by_arguments(order, store, options_below("/tmp"), mask, a_date()).value();
    };
    EXPECT_EQ(chosen_by("g"), following({"g.a", "g.inner.c"}));
    EXPECT_EQ(chosen_by("g.inner"), following({"g.inner.c"}));
    EXPECT_EQ(chosen_by("inner"), following({"g.inner.c"})) << "by its name in the file";
    EXPECT_EQ(chosen_by("d"), following({"g.inner.d"})) << "a task, too";
    EXPECT_EQ(chosen_by(Json::array({"g.b", "inner"})), following({"g.b", "g.inner.c"}));
}

TEST(Branching, RefusesATaskThatIsNotThere) {
    const auto chosen = choose("lfet");
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, Errc::invalid_argument);
    EXPECT_THAT(chosen.error().message, HasSubstr("'lfet'"));
    EXPECT_THAT(chosen.error().hint, HasSubstr("left"));
}

TEST(Branching, AConditionStopsAtWhatIsFalseInPython) {
    for (const char* text : {"", "0", "{{ 1 > 2 }}", "{{ none }}", "False", "{{ [] }}"}) {
        EXPECT_FALSE(goes_on(text)) << text;
    }
    for (const char* text : {"1", "{{ 1 < 2 }}", "yes", "{{ [0] }}", "no"}) {
        EXPECT_TRUE(goes_on(text)) << text;
    }
    EXPECT_FALSE(goes_on(false));
    EXPECT_TRUE(goes_on(true));
}

TEST(Branching, AShortCircuitSkipsEverythingUnlessToldToSpareTheRules) {
    const core::Dag dag;
    core::Task task;
    task.operator_name = "short_circuit";
    task.args.text = "{}";
    EXPECT_TRUE(decide(dag, task, false).value()->all_downstream);
    task.args.text = R"({"ignore_downstream_trigger_rules":false})";
    EXPECT_FALSE(decide(dag, task, false).value()->all_downstream);
}

TEST(Branching, OnlyBranchesThatNeedNoFunctionDecideByTheirArguments) {
    EXPECT_TRUE(decides_by_arguments(fork("branch", Json{{"follow", "left"}}).task()));
    EXPECT_TRUE(decides_by_arguments(fork("short_circuit", Json{{"condition", "1"}}).task()));
    EXPECT_FALSE(decides_by_arguments(fork("short_circuit", Json{{"python_callable", "m.f"}}).task()
    ));
    EXPECT_FALSE(decides_by_arguments(fork("bash", Json::object()).task()));
}

TEST(Branching, WhatAFunctionReturnsDecides) {
    auto exit = support::an_exit(17, runner::ProcessEnd::exited, 0);
    exit.output = R"({"return_value": "right"})";
    const auto ended = interpret_exit(fork("branch.python", Json::object()), exit);
    EXPECT_EQ(ended.outcome, TaskOutcome::succeeded);
    EXPECT_EQ(ended.branch, following({"right"}));
}

TEST(Branching, AFunctionThatNamesNoTaskFailsForGood) {
    auto exit = support::an_exit(17, runner::ProcessEnd::exited, 0);
    exit.output = R"({"return_value": ["right", "wrong"]})";
    const auto ended = interpret_exit(fork("branch.python", Json::object()), exit);
    EXPECT_EQ(ended.outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(ended.message, HasSubstr("'wrong'"));
}

namespace {

scheduler::AttemptEnded branch_by(const std::string& rows) {
    const auto order = fork(
        "branch.sql",
        Json{
            {"follow_task_ids_if_true", "left"},
            {"follow_task_ids_if_false", Json::array({"right"})}
        }
    );
    auto exit = support::an_exit(17, runner::ProcessEnd::exited, 0);
    exit.output = R"({"return_value": {"rows": )" + rows + "}}";
    return interpret_exit(order, exit);
}

}  // namespace

TEST(Branching, TheFirstCellOfAQueryDecides) {
    for (const char* cell : {"t", "true", "TRUE", "y", "Yes", "on", "1", "7", "0.5"}) {
        const auto ended = branch_by(R"([{"x": ")" + std::string(cell) + R"(", "y": "f"}])");
        EXPECT_EQ(ended.branch, following({"left"})) << cell;
    }
    for (const char* cell : {"f", "False", "n", "no", "off", "0", "0.0"}) {
        const auto ended = branch_by(R"([{"x": ")" + std::string(cell) + R"(", "y": "t"}])");
        EXPECT_EQ(ended.branch, following({"right"})) << cell;
    }
}

TEST(Branching, AQueryThatSaysNeitherYesNorNoFailsAndMayBeTriedAgain) {
    for (const char* rows : {"[]", R"([{"x": null}])", R"([{"x": "perhaps"}])", R"([{"x": ""}])"}) {
        const auto ended = branch_by(rows);
        EXPECT_EQ(ended.outcome, TaskOutcome::failed) << rows;
        EXPECT_FALSE(ended.branch);
        EXPECT_THAT(ended.message, HasSubstr("hint: the query must give a boolean")) << rows;
    }
    EXPECT_THAT(branch_by("[]").message, HasSubstr("gave no row"));
}

}  // namespace reel::executor
