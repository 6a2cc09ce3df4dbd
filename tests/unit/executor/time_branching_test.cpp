#include "executor/time_branching.hpp"

#include <gtest/gtest.h>

#include "executor/branching.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

namespace {

core::Timestamp moment_at(const char* text) {
    return core::parse_timestamp(text).value();
}

/// One task of this operator, with `yes` and `no` behind it, in Berlin.
scheduler::AttemptOrder in_berlin(const std::string& operator_name, Json args) {
    args["follow_task_ids_if_true"] = "yes";
    args["follow_task_ids_if_false"] = Json::array({"no"});
    return an_order(operator_name, args, [](core::Dag& dag) {
        dag.timezone = "Europe/Berlin";
        add_task(dag, "yes", "bash");
        add_task(dag, "no", "bash");
    });
}

std::string chosen_at(const scheduler::AttemptOrder& order, const char* now) {
    FakeStore store;
    SecretMask mask;
    const auto decided =
        decide_by_arguments(order, store, options_below("/tmp"), mask, moment_at(now));
    return decided ? (*decided)->follow.at(0).str() : decided.error().message;
}

std::string on_day(const Json& week_day, const char* now) {
    return chosen_at(in_berlin("branch.day_of_week", Json{{"week_day", week_day}}), now);
}

std::string within_bounds(const Json& bounds, const char* now) {
    return chosen_at(in_berlin("branch.datetime", bounds), now);
}

}  // namespace

TEST(BranchByDay, AsksForTheDayOfTheDagsZone) {
    EXPECT_EQ(on_day("Monday", "2026-11-30T12:00"), "yes");
    EXPECT_EQ(on_day("MONDAY", "2026-11-29T23:30"), "yes") << "in Berlin it is Monday already";
    EXPECT_EQ(on_day("monday", "2026-11-30T23:30"), "no");
    EXPECT_EQ(on_day(Json::array({"saturday", "Sunday"}), "2026-11-29T12:00"), "yes");
    EXPECT_EQ(on_day("{{ 'sunday' }}", "2026-11-29T12:00"), "yes");
    EXPECT_EQ(on_day("someday", "2026-11-29T12:00"), "'someday' is no day of the week");
}

TEST(BranchByDay, MayAskForTheDayOfTheRun) {
    // 2024-01-31 was a Wednesday.
    const Json args{{"week_day", "wednesday"}, {"use_task_logical_date", true}};
    auto order = in_berlin("branch.day_of_week", args);
    EXPECT_EQ(chosen_at(order, "2026-11-30T12:00"), "yes");
    order.run.logical_date.reset();
    order.run.run_after = moment_at("2024-02-01T12:00");
    EXPECT_EQ(chosen_at(order, "2026-11-30T12:00"), "no") << "without one, of when it was due";
}

TEST(BranchByTime, TakesMomentsAndTimesOfTheDay) {
    const Json moments{
        {"target_lower", "2026-11-30T10:00"}, {"target_upper", "2026-11-30T11:00+01:00"}
    };
    EXPECT_EQ(within_bounds(moments, "2026-11-30T08:59"), "no");
    EXPECT_EQ(within_bounds(moments, "2026-11-30T09:00"), "yes") << "ten in Berlin, included";
    EXPECT_EQ(within_bounds(moments, "2026-11-30T10:00"), "yes");
    EXPECT_EQ(within_bounds(moments, "2026-11-30T10:01"), "no");
    const Json times{{"target_lower", "10:00"}, {"target_upper", "{{ '11:00' }}"}};
    EXPECT_EQ(within_bounds(times, "2026-07-01T08:00"), "yes") << "summer in Berlin";
    EXPECT_EQ(within_bounds(times, "2026-12-01T08:00"), "no");
}

TEST(BranchByTime, OneBoundIsEnough) {
    EXPECT_EQ(within_bounds({{"target_lower", "10:00"}}, "2026-12-01T20:00"), "yes");
    EXPECT_EQ(within_bounds({{"target_upper", "10:00"}}, "2026-12-01T20:00"), "no");
}

TEST(BranchByTime, AnUpperBoundBelowTheLowerOneIsOfTheNextDay) {
    const Json night{{"target_lower", "22:00"}, {"target_upper", "02:00"}};
    EXPECT_EQ(within_bounds(night, "2026-12-01T22:30"), "yes");
    EXPECT_EQ(within_bounds(night, "2026-12-01T12:00"), "no");
    EXPECT_EQ(within_bounds(night, "2026-12-01T00:30"), "no")
        << "as in Airflow: tonight's is to come";
    const Json never{{"target_lower", "2026-12-02"}, {"target_upper", "2026-12-01"}};
    EXPECT_EQ(within_bounds(never, "2026-12-02T12:00"), "no");
}

TEST(BranchByTime, TheNextDayIsThatOfTheWall) {
    // 23:00 on the next day is 21:00Z, 23 hours later, and in autumn 22:00Z, 25 hours later.
    const Json spring{{"target_lower", "22:00"}, {"target_upper", "2026-03-28T23:00"}};
    EXPECT_EQ(within_bounds(spring, "2026-03-29T21:00"), "yes");
    EXPECT_EQ(within_bounds(spring, "2026-03-29T21:01"), "no");
    const Json autumn{{"target_lower", "22:00"}, {"target_upper", "2026-10-24T23:00"}};
    EXPECT_EQ(within_bounds(autumn, "2026-10-25T22:00"), "yes");
    EXPECT_EQ(within_bounds(autumn, "2026-10-25T22:01"), "no");
}

TEST(BranchByTime, TimesOfTheDayAreComparedAsTheyAreWritten) {
    // The wall leaves 02:30 out and shows 03:30 then, which is no reason to wait for the next day.
    const Json in_the_gap{{"target_lower", "02:30"}, {"target_upper", "03:00"}};
    EXPECT_EQ(within_bounds(in_the_gap, "2026-03-29T12:00"), "no");
    const Json twice{{"target_lower", "02:30"}, {"target_upper", "02:15"}};
    EXPECT_EQ(within_bounds(twice, "2026-10-25T12:00"), "yes") << "until the next day's";
}

TEST(BranchByTime, MayAskForTheMomentOfTheRun) {
    const Json args{{"target_upper", "2024-02-01"}, {"use_task_logical_date", true}};
    EXPECT_EQ(within_bounds(args, "2026-12-01"), "yes");
    EXPECT_EQ(
        within_bounds({{"target_upper", "late"}}, "2026-12-01"), "'late' is not a date or a time"
    );
}

TEST(BranchByTime, NeedsNoProcess) {
    EXPECT_TRUE(decides_by_arguments(in_berlin("branch.datetime", Json::object()).task()));
    EXPECT_TRUE(decides_by_arguments(in_berlin("branch.day_of_week", Json::object()).task()));
    EXPECT_FALSE(decides_by_arguments(in_berlin("branch.sql", Json::object()).task()));
}

}  // namespace reel::executor
