#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reel/core/schedule.hpp"

namespace reel::core {
namespace {

using Fires = std::vector<std::string>;

constexpr DstPolicy policy(GapRule gap, OverlapRule overlap) {
    return {.gap = gap, .overlap = overlap};
}
constexpr DstPolicy shift_first = policy(GapRule::shift, OverlapRule::first);
constexpr DstPolicy shift_both = policy(GapRule::shift, OverlapRule::both);
constexpr DstPolicy skip_last = policy(GapRule::skip, OverlapRule::last);
constexpr DstPolicy skip_first = policy(GapRule::skip, OverlapRule::first);

/// The fires from a day's beginning (UTC) on, as "07:00" of UTC.
Fires fires(
    const std::string& cron,
    const std::string& zone,
    const char* from,
    const DstPolicy& dst,
    int count
) {
    const FireTimes times(CronSchedule{cron}, zone, {}, dst);
    Fires result;
    auto next = times.at_or_after(parse_timestamp(from).value());
    for (; next && count > 0; next = times.after(*next), --count) {
        result.push_back(format_api(*next).substr(8, 8));
    }
    return result;
}

// Berlin: 2024-03-31 02:00 → 03:00 at 01:00Z, 2024-10-27 03:00 → 02:00 at 01:00Z.

TEST(DstGap, ShiftFiresAsFarBehindItAndSkipNot) {
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-03-31", shift_first, 2),
        (Fires{"31T01:30", "01T00:30"})
    );
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-03-31", skip_first, 1), (Fires{"01T00:30"})
    );
}

TEST(DstGap, RulesExpressionsOfEveryHourWhenAsked) {
    EXPECT_EQ(
        fires("15 * * * *", "Europe/Berlin", "2024-03-31", shift_first, 3),
        (Fires{"31T00:15", "31T01:15", "31T02:15"})
    );
    // Half an hour is left out at 15:30Z: 02:15 comes at 02:45.
    EXPECT_EQ(
        fires("15 * * * *", "Australia/Lord_Howe", "2024-10-05T14:00", shift_first, 3),
        (Fires{"05T14:45", "05T15:45", "05T16:15"})
    );
    EXPECT_EQ(
        fires("15 * * * *", "Australia/Lord_Howe", "2024-10-05T14:00", skip_last, 2),
        (Fires{"05T14:45", "05T16:15"})
    );
}

TEST(DstOverlap, CountsTheFirstPassTheLastOrBoth) {
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-10-27", shift_first, 2),
        (Fires{"27T00:30", "28T01:30"})
    );
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-10-27", skip_last, 2),
        (Fires{"27T01:30", "28T01:30"})
    );
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-10-27", shift_both, 3),
        (Fires{"27T00:30", "27T01:30", "28T01:30"})
    );
}

TEST(DstOverlap, RulesExpressionsOfEveryHourWhenAsked) {
    EXPECT_EQ(
        fires("*/30 * * * *", "Europe/Berlin", "2024-10-27", shift_first, 4),
        (Fires{"27T00:00", "27T00:30", "27T02:00", "27T02:30"})
    );
    EXPECT_EQ(
        fires("*/30 * * * *", "Europe/Berlin", "2024-10-26T23:30", skip_last, 3),
        (Fires{"26T23:30", "27T01:00", "27T01:30"})
    );
}

TEST(DstOverlap, OfHalfAnHourRepeatsHalfAnHour) {
    // 2024-04-07 02:00 → 01:30 at 15:00Z of the day before.
    EXPECT_EQ(
        fires("15,45 1 * * *", "Australia/Lord_Howe", "2024-04-06T12:00", shift_both, 3),
        (Fires{"06T14:15", "06T14:45", "06T15:15"})
    );
    EXPECT_EQ(
        fires("15,45 1 * * *", "Australia/Lord_Howe", "2024-04-06T12:00", skip_last, 2),
        (Fires{"06T14:15", "06T15:15"})
    );
}

TEST(DstOverlap, OfNegativeSavingTimeIsOneLikeAnother) {
    // Dublin's winter is the exception, its summer the standard: 2024-10-27 02:00 → 01:00 at
    // 01:00Z.
    EXPECT_EQ(
        fires("30 1 * * *", "Europe/Dublin", "2024-10-27", shift_both, 3),
        (Fires{"27T00:30", "27T01:30", "28T01:30"})
    );
    EXPECT_EQ(
        fires("30 1 * * *", "Europe/Dublin", "2024-03-31", shift_first, 2),
        (Fires{"31T01:30", "01T00:30"})
    );
}

TEST(DstPolicies, ThatSayHalfLeaveTheRestToAirflow) {
    const DstPolicy only_gap{.gap = GapRule::skip};
    EXPECT_EQ(fires("30 2 * * *", "Europe/Berlin", "2024-10-27", only_gap, 1), (Fires{"27T01:30"}));
    const DstPolicy only_overlap{.overlap = OverlapRule::both};
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-03-31", only_overlap, 1), (Fires{"31T01:30"})
    );
}

TEST(DstPolicies, ChangeNothingInAZoneWithoutChanges) {
    for (const DstPolicy& dst : {shift_first, shift_both, skip_last, skip_first}) {
        EXPECT_EQ(
            fires("30 2 * * *", "Asia/Kathmandu", "2024-03-31", dst, 2),
            (Fires{"31T20:45", "01T20:45"})
        );
    }
}

}  // namespace
}  // namespace reel::core
