#include <gmock/gmock.h>

#include <sstream>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::TaskState;
using support::a_dag;

/// Two upstreams that end one after the other, and what stands behind them under each rule.
struct RuleCase {
    const char* rule;
    TaskOutcome first;
    TaskOutcome second;
    const char* after_first;   ///< state of the task when only the first has ended
    const char* after_second;  ///< and when both have
};

constexpr auto good = TaskOutcome::succeeded;
constexpr auto bad = TaskOutcome::failed_finally;
constexpr auto skip = TaskOutcome::skipped;

constexpr RuleCase rule_cases[] = {
    {"all_success", good, good, "none", "queued"},
    {"all_success", good, bad, "none", "upstream_failed"},
    {"all_success", good, skip, "none", "skipped"},
    {"all_success", bad, good, "upstream_failed", "upstream_failed"},
    {"all_success", skip, good, "skipped", "skipped"},
    {"all_success", skip, bad, "skipped", "skipped"},
    {"all_failed", good, good, "skipped", "skipped"},
    {"all_failed", bad, bad, "none", "queued"},
    {"all_failed", bad, good, "none", "skipped"},
    {"all_failed", skip, bad, "skipped", "skipped"},
    {"all_done", good, bad, "none", "queued"},
    {"all_done", bad, bad, "none", "queued"},
    {"all_done", skip, skip, "none", "queued"},
    {"all_done_min_one_success", good, good, "none", "queued"},
    {"all_done_min_one_success", good, bad, "none", "queued"},
    {"all_done_min_one_success", bad, bad, "none", "upstream_failed"},
    {"all_done_min_one_success", skip, good, "skipped", "skipped"},
    {"all_skipped", skip, skip, "none", "queued"},
    {"all_skipped", good, skip, "skipped", "skipped"},
    {"all_skipped", skip, bad, "none", "skipped"},
    {"one_success", good, bad, "queued", "queued"},
    {"one_success", bad, good, "none", "queued"},
    {"one_success", bad, bad, "none", "upstream_failed"},
    {"one_success", skip, skip, "none", "skipped"},
    {"one_success", skip, bad, "none", "upstream_failed"},
    {"one_failed", bad, good, "queued", "queued"},
    {"one_failed", good, bad, "none", "queued"},
    {"one_failed", good, good, "none", "skipped"},
    {"one_failed", skip, good, "none", "skipped"},
    {"one_done", good, skip, "queued", "queued"},
    {"one_done", bad, skip, "queued", "queued"},
    {"one_done", skip, good, "none", "queued"},
    {"one_done", skip, skip, "none", "skipped"},
    {"none_failed", good, good, "none", "queued"},
    {"none_failed", good, skip, "none", "queued"},
    {"none_failed", skip, skip, "none", "queued"},
    {"none_failed", skip, bad, "none", "upstream_failed"},
    {"none_failed_min_one_success", good, skip, "none", "queued"},
    {"none_failed_min_one_success", skip, skip, "none", "skipped"},
    {"none_failed_min_one_success", good, bad, "none", "upstream_failed"},
    {"none_skipped", good, bad, "none", "queued"},
    {"none_skipped", bad, bad, "none", "queued"},
    {"none_skipped", skip, good, "skipped", "skipped"},
    {"always", good, good, "queued", "queued"},
};

class TriggerRuleRuns : public PlannerTest, public ::testing::WithParamInterface<RuleCase> {
  protected:
    std::string state_of_last() {
        const auto found = states.find("last");
        return std::string(core::to_string(found == states.end() ? TaskState::none : found->second)
        );
    }
};

TEST_P(TriggerRuleRuns, DecidesAsSoonAsItCan) {
    const RuleCase& expected = GetParam();
    use(a_dag("d").task("one").task("two").task("last", {"one", "two"}, [&](core::Task& task) {
        task.trigger_rule = core::parse_trigger_rule(expected.rule).value();
    }));
    trigger("d");
    plan();
    end("one", expected.first);
    EXPECT_EQ(state_of_last(), expected.after_first);
    end("two", expected.second);
    EXPECT_EQ(state_of_last(), expected.after_second);
}

std::string name_of(const ::testing::TestParamInfo<RuleCase>& info) {
    const auto word = [](TaskOutcome outcome) {
        return outcome == good ? "Good" : outcome == bad ? "Bad" : "Skipped";
    };
    std::string name =
        std::string(info.param.rule) + word(info.param.first) + word(info.param.second);
    std::erase(name, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(EveryRule, TriggerRuleRuns, ::testing::ValuesIn(rule_cases), name_of);

}  // namespace
}  // namespace reel::scheduler
