#include "core/zone.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reel/core/schedule.hpp"
#include "reel/core/timezone_hint.hpp"

namespace reel::core {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::string_view text) {
    return parse_timestamp(text).value();
}

WallTime wall(std::string_view text) {
    return WallTime(at(text).time_since_epoch());
}

TEST(Zones, AreFoundByTheirIanaName) {
    for (const char* name : {"UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"}) {
        EXPECT_TRUE(Zone::find(name).has_value()) << name;
    }
    for (const char* name : {"", "Berlin", "Europe/", "Europe/Atlantis", "/etc/passwd", "CEST"}) {
        EXPECT_FALSE(Zone::find(name).has_value()) << name;
    }
}

TEST(UtcZone, IsNeverOffAndNeverChanges) {
    const Zone utc = Zone::find("UTC").value();
    for (const char* text : {"0001-01-01", "1970-01-01", "2024-07-01", "9999-12-31"}) {
        EXPECT_EQ(utc.offset_at(at(text)).east, 0s) << text;
        EXPECT_EQ(utc.offset_at(at(text)).until, Timestamp::max()) << text;
        EXPECT_EQ(utc.moment_of(wall(text)).at, at(text)) << text;
        EXPECT_FALSE(utc.moment_of(wall(text)).in_gap) << text;
    }
}

struct OffsetCase {
    const char* zone;
    const char* moment;
    std::chrono::seconds east;
    const char* until;
};

TEST(ZoneOffsets, HoldUntilTheClocksChange) {
    const std::vector<OffsetCase> table{
        {"Europe/Berlin", "2024-01-15T00:00Z", 1h, "2024-03-31T01:00:00Z"},
        {"Europe/Berlin", "2024-03-31T00:59:59.999999Z", 1h, "2024-03-31T01:00:00Z"},
        {"Europe/Berlin", "2024-03-31T01:00Z", 2h, "2024-10-27T01:00:00Z"},
        {"Europe/Berlin", "2024-10-27T01:00Z", 1h, "2025-03-30T01:00:00Z"},
        {"America/New_York", "2024-07-01T00:00Z", -4h, "2024-11-03T06:00:00Z"},
        {"Australia/Lord_Howe", "2024-01-01T00:00Z", 11h, "2024-04-06T15:00:00Z"},
        {"Australia/Lord_Howe", "2024-05-01T00:00Z", 10h + 30min, "2024-10-05T15:30:00Z"},
    };
    for (const auto& [name, moment, east, until] : table) {
        const Zone::Offset offset = Zone::find(name).value().offset_at(at(moment));
        EXPECT_EQ(offset.east, east) << name << " at " << moment;
        EXPECT_EQ(format_api(offset.until), until) << name << " at " << moment;
    }
}

TEST(ZoneOffsets, OfAZoneThatNeverChangesAgainOutlastAllDates) {
    const Zone tokyo = Zone::find("Asia/Tokyo").value();
    EXPECT_EQ(tokyo.offset_at(at("2024-01-01")).east, 9h);
    EXPECT_GT(tokyo.offset_at(at("2024-01-01")).until, at("9999-12-31"));
}

struct WallCase {
    const char* zone;
    const char* wall;
    const char* moment;
    bool in_gap;
};

TEST(WallTimes, StandForOneMomentEach) {
    const std::vector<WallCase> table{
        {"Europe/Berlin", "2024-01-15 12:00", "2024-01-15T11:00:00Z", false},
        {"Europe/Berlin", "2024-07-15 12:00", "2024-07-15T10:00:00Z", false},
        {"Europe/Berlin", "2024-03-31 01:59:59.999999", "2024-03-31T00:59:59.999999Z", false},
        {"Europe/Berlin", "2024-03-31 02:00", "2024-03-31T01:00:00Z", true},
        {"Europe/Berlin", "2024-03-31 02:59", "2024-03-31T01:59:00Z", true},
        {"Europe/Berlin", "2024-03-31 03:00", "2024-03-31T01:00:00Z", false},
        {"Europe/Berlin", "2024-10-27 02:00", "2024-10-27T00:00:00Z", false},
        {"Europe/Berlin", "2024-10-27 02:59", "2024-10-27T00:59:00Z", false},
        {"Europe/Berlin", "2024-10-27 03:00", "2024-10-27T02:00:00Z", false},
        {"Asia/Kathmandu", "2024-01-01 05:45", "2024-01-01T00:00:00Z", false},
        {"Pacific/Kiritimati", "2024-01-01 00:00", "2023-12-31T10:00:00Z", false},
        {"Pacific/Pago_Pago", "2024-01-01 00:00", "2024-01-01T11:00:00Z", false},
    };
    for (const auto& [name, shown, moment, in_gap] : table) {
        const Zone::Moment found = Zone::find(name).value().moment_of(wall(shown));
        EXPECT_EQ(format_api(found.at), moment) << name << " " << shown;
        EXPECT_EQ(found.in_gap, in_gap) << name << " " << shown;
    }
}

TEST(WallTimes, ReadOffTheClockLeadBackToTheirMoment) {
    for (const char* name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}) {
        const Zone zone = Zone::find(name).value();
        for (Timestamp now = at("2024-01-01"); now < at("2025-01-01"); now += 37h) {
            const auto east = zone.offset_at(now).east;
            const Zone::Moment back = zone.moment_of(WallTime(now.time_since_epoch() + east));
            // In the second pass of an overlap the wall says what it said in the first.
            EXPECT_LE(back.at, now) << name;
            EXPECT_LE(now - back.at, 1h) << name;
            EXPECT_FALSE(back.in_gap) << name;
        }
    }
}

TEST(TimeZones, HaveAHintForOneThatIsMistyped) {
    EXPECT_EQ(nearest_timezone("Europe/Berlim"), "did you mean 'Europe/Berlin'?");
    EXPECT_EQ(nearest_timezone("utc"), "did you mean 'UTC'?");
    EXPECT_EQ(nearest_timezone("Mars/Base"), "");
}

TEST(TimeZones, AreTheSystemsDatabase) {
    EXPECT_TRUE(is_known_timezone("UTC"));
    EXPECT_TRUE(is_known_timezone("America/New_York"));
    for (const auto* name : {"", "Mars/Base", "../../etc/passwd", "utc+1"}) {
        EXPECT_FALSE(is_known_timezone(name)) << name;
    }
}

}  // namespace
}  // namespace reel::core
