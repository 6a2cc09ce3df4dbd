// core.max_map_length: who pushes a list that is too long has failed.

#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string list_of(int length) {
    std::string list;
    for (int i = 0; i < length; ++i) list += (list.empty() ? "" : ",") + std::to_string(i);
    return "[" + list + "]";
}

class MapLengthTest : public PlannerTest {
  protected:
    // list ─▶ each, mapped over what `list` pushes under `key`
    void use_list(int retries = 0, const std::string& key = "return_value") {
        use(a_dag("d").task(
                          "list", {}, [&](core::Task& task) { task.retries = retries; }
        ).task("each", {"list"}, [&](core::Task& task) {
            task.mapping =
                core::Mapping{{{.argument = "x", .literal = {}, .upstream = 0, .xcom_key = key}}};
        }));
        trigger("d");
        plan();
    }

    /// The end of "list", with these XComs by name.
    Effects end_list(const std::map<std::string, std::string>& xcoms) {
        const AttemptOrder order = live.at("list");
        AttemptEnded event{.attempt = order.attempt, .key = order.key, .at = clock.now()};
        for (const auto& [name, value] : xcoms) {
            event.xcoms.push_back(
                {.key = order.key, .name = name, .value = {value}, .at = clock.now()}
            );
        }
        planner.on_ended(event);
        live.erase("list");
        return plan();
    }
};

TEST_F(MapLengthTest, TheLongestListThatIsAllowedIsMappedOver) {
    use_list();
    end_list({{"return_value", list_of(1024)}});
    EXPECT_EQ(states["list"], TaskState::success);
    EXPECT_THAT(live, SizeIs(16)) << "as many as the DAG may have at one time";
}

TEST_F(MapLengthTest, OneElementMoreFailsWhoPushedIt) {
    use_list();
    const Effects effects = end_list({{"return_value", list_of(1025)}});
    EXPECT_EQ(states["list"], TaskState::failed);
    EXPECT_EQ(
        records["list"].message,
        "pushed 1025 elements to map over, at most 1024 are allowed (core.max_map_length)"
    );
    EXPECT_EQ(states["each"], TaskState::upstream_failed);
    EXPECT_THAT(effects.commit.xcoms, IsEmpty()) << "the list is not kept";
}

TEST_F(MapLengthTest, ItMayPushAShorterOneInItsNextTry) {
    use_list(1);
    end_list({{"return_value", list_of(1025)}});
    EXPECT_EQ(states["list"], TaskState::up_for_retry);
    clock.advance(std::chrono::minutes(10));
    plan();
    push("list", list_of(2));
    EXPECT_THAT(running(), ElementsAre("each[0]", "each[1]"));
}

TEST_F(MapLengthTest, TheLimitIsTheConfigurations) {
    planner = Planner(32, 2);
    use_list();
    end_list({{"return_value", list_of(3)}});
    EXPECT_THAT(records["list"].message, HasSubstr("pushed 3 elements to map over, at most 2"));
}

TEST_F(MapLengthTest, AnObjectCountsItsKeys) {
    planner = Planner(32, 1);
    use_list();
    end_list({{"return_value", R"({"a": 1, "b": 2})"}});
    EXPECT_EQ(states["list"], TaskState::failed);
}

TEST_F(MapLengthTest, WhatNobodyIsMappedOverMayBeOfAnyLength) {
    planner = Planner(32, 2);
    use_list(0, "parts");
    const Effects effects = end_list({{"return_value", list_of(9)}, {"parts", list_of(2)}});
    EXPECT_EQ(states["list"], TaskState::success);
    EXPECT_THAT(effects.commit.xcoms, SizeIs(2));
    EXPECT_THAT(running(), ElementsAre("each[0]", "each[1]"));
}

TEST_F(MapLengthTest, OfSeveralXComsOnlyTheLongListIsLost) {
    planner = Planner(32, 2);
    use_list(0, "parts");
    const Effects effects = end_list({{"other", list_of(9)}, {"parts", list_of(3)}});
    EXPECT_EQ(states["list"], TaskState::failed);
    ASSERT_THAT(effects.commit.xcoms, SizeIs(1));
    EXPECT_EQ(effects.commit.xcoms[0].name, "other");
}

TEST_F(MapLengthTest, ATaskThatFailedAnywayKeepsItsOwnReason) {
    planner = Planner(32, 2);
    use_list();
    AttemptEnded event{.outcome = TaskOutcome::failed, .message = "exit code 3"};
    event.xcoms.push_back({.key = live.at("list").key, .value = {list_of(3)}, .at = clock.now()});
    end_so("list", event);
    EXPECT_EQ(records["list"].message, "exit code 3");
}

TEST_F(MapLengthTest, AnElementOfAMappedTaskMayBeALongList) {
    planner = Planner(32, 2);
    use(a_dag("d")
            .task(
                "one",
                {},
                [](core::Task& task) {
                    task.mapping =
                        core::Mapping{{{.argument = "x", .literal = {"[1]"}, .upstream = {}}}};
                }
            )
            .task("two", {"one"}, [](core::Task& task) {
                task.mapping = core::Mapping{{{.argument = "x", .literal = {}, .upstream = 0}}};
            }));
    trigger("d");
    plan();
    push("one[0]", list_of(5));
    EXPECT_EQ(states["one[0]"], TaskState::success);
    EXPECT_THAT(running(), ElementsAre("two[0]"));
}

TEST_F(MapLengthTest, TheNameOfAnInstanceIsKeptUntilItsNextTry) {
    use(a_dag("d").task("each", {}, [](core::Task& task) {
        task.retries = 1;
        task.mapping = core::Mapping{{{.argument = "x", .literal = {"[1]"}, .upstream = {}}}};
    }));
    trigger("d");
    plan();
    AttemptEnded event{.outcome = TaskOutcome::failed};
    event.rendered_map_index = "eu-west";
    end_so("each[0]", event);
    EXPECT_EQ(records["each[0]"].rendered_map_index, "eu-west");
    clock.advance(std::chrono::minutes(10));
    plan();
    EXPECT_EQ(records["each[0]"].rendered_map_index, "");
    AttemptEnded again;
    again.rendered_map_index = "us-east";
    end_so("each[0]", again);
    EXPECT_EQ(records["each[0]"].state, TaskState::success);
    EXPECT_EQ(records["each[0]"].rendered_map_index, "us-east");
}

}  // namespace
}  // namespace reel::scheduler
