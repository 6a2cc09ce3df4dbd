#include "reel/core/states.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace reel::core {
namespace {

using enum TaskState;

std::set<TaskState> successors_of(TaskState from) {
    std::set<TaskState> result;
    for (const TaskState to : all_task_states) {
        if (may_follow(from, to)) result.insert(to);
    }
    return result;
}

TEST(TaskStates, EveryWordReadsBackAsItsState) {
    std::set<std::string_view> words;
    for (const TaskState state : all_task_states) {
        EXPECT_EQ(parse_task_state(to_string(state)), state);
        words.insert(to_string(state));
    }
    EXPECT_EQ(words.size(), all_task_states.size());
}

TEST(TaskStates, WordsAreAirflows) {
    EXPECT_EQ(to_string(up_for_retry), "up_for_retry");
    EXPECT_EQ(to_string(upstream_failed), "upstream_failed");
    EXPECT_EQ(to_string(none), "none");
    EXPECT_EQ(parse_task_state("Running"), std::nullopt);
    EXPECT_EQ(parse_task_state(""), std::nullopt);
}

TEST(RunStates, EveryWordReadsBackAsItsState) {
    for (const auto state :
         {RunState::queued, RunState::running, RunState::success, RunState::failed}) {
        EXPECT_EQ(parse_run_state(to_string(state)), state);
    }
    EXPECT_EQ(parse_run_state("skipped"), std::nullopt);
}

TEST(RunTypes, EveryWordReadsBackAsItsType) {
    using enum RunType;
    for (const auto type :
         {RunType::scheduled, manual, backfill, asset_triggered, asset_materialization}) {
        EXPECT_EQ(parse_run_type(to_string(type)), type);
    }
    EXPECT_EQ(to_string(manual), "manual");
    EXPECT_EQ(parse_run_type("cron"), std::nullopt);
}

TEST(ReprocessBehaviorWords, AreAirflows) {
    for (const auto& [behavior, word] :
         {std::pair(ReprocessBehavior::none, "none"),
          std::pair(ReprocessBehavior::failed, "failed"),
          std::pair(ReprocessBehavior::completed, "completed")}) {
        EXPECT_EQ(to_string(behavior), word);
        EXPECT_EQ(parse_reprocess_behavior(word), behavior);
    }
    EXPECT_EQ(parse_reprocess_behavior("all"), std::nullopt);
}

TEST(TriggeredByWords, OperatorHasNoUnderscoreOutside) {
    EXPECT_EQ(to_string(TriggeredBy::operator_), "operator");
    EXPECT_EQ(parse_triggered_by("operator"), TriggeredBy::operator_);
    EXPECT_EQ(parse_triggered_by("rest_api"), TriggeredBy::rest_api);
    EXPECT_EQ(parse_triggered_by("operator_"), std::nullopt);
}

TEST(TaskStates, FinishedOnesAreExactlyThoseWithoutSuccessor) {
    for (const TaskState state : all_task_states) {
        EXPECT_EQ(is_finished(state), successors_of(state).empty()) << to_string(state);
    }
}

TEST(TaskStates, OccupyingOnesHoldAnAttempt) {
    std::vector<TaskState> occupying;
    std::ranges::copy_if(all_task_states, std::back_inserter(occupying), [](TaskState state) {
        return is_occupying(state);
    });
    EXPECT_THAT(occupying, testing::UnorderedElementsAre(queued, running, restarting));
}

TEST(TaskTransitions, AreThisTable) {
    const std::vector<std::pair<TaskState, std::set<TaskState>>> table{
        {none, {scheduled, upstream_failed, skipped, failed, removed}},
        {scheduled, {none, queued, deferred, success, upstream_failed, skipped, failed, removed}},
        {queued,
         {scheduled,
          running,
          success,
          failed,
          up_for_retry,
          up_for_reschedule,
          deferred,
          skipped,
          restarting,
          removed}},
        {running,
         {success, failed, up_for_retry, up_for_reschedule, deferred, skipped, restarting, removed}
        },
        {up_for_retry, {scheduled, upstream_failed, skipped, failed, removed}},
        {up_for_reschedule, {scheduled, upstream_failed, skipped, failed, removed}},
        {deferred, {scheduled, success, up_for_retry, skipped, failed, removed}},
        {restarting, {none, scheduled, up_for_retry, skipped, failed, removed}},
    };
    for (const auto& [from, expected] : table) {
        EXPECT_EQ(successors_of(from), expected) << to_string(from);
    }
}

TEST(TaskTransitions, NothingFollowsItself) {
    for (const TaskState state : all_task_states) {
        EXPECT_FALSE(may_follow(state, state)) << to_string(state);
    }
}

TEST(TaskTransitions, OnlyAQueuedTaskStartsToRun) {
    for (const TaskState state : all_task_states) {
        EXPECT_EQ(may_follow(state, running), state == queued) << to_string(state);
    }
}

TEST(RunTransitions, GoForwardOnly) {
    EXPECT_TRUE(may_follow(RunState::queued, RunState::running));
    EXPECT_TRUE(may_follow(RunState::queued, RunState::failed));
    EXPECT_TRUE(may_follow(RunState::running, RunState::success));
    EXPECT_TRUE(may_follow(RunState::running, RunState::failed));
    EXPECT_FALSE(may_follow(RunState::queued, RunState::success));
    EXPECT_FALSE(may_follow(RunState::running, RunState::queued));
    EXPECT_FALSE(may_follow(RunState::success, RunState::running));
    EXPECT_FALSE(may_follow(RunState::failed, RunState::queued));
}

TEST(RunStates, FinishedAreSuccessAndFailed) {
    EXPECT_TRUE(is_finished(RunState::success));
    EXPECT_TRUE(is_finished(RunState::failed));
    EXPECT_FALSE(is_finished(RunState::queued));
    EXPECT_FALSE(is_finished(RunState::running));
}

}  // namespace
}  // namespace reel::core
