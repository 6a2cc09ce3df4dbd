#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "core/zone.hpp"
#include "reel/core/time_of_day.hpp"

namespace reel::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr std::array zones{
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
};

/// The same for the same seed on every machine.
class Chance final {
  public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}
    std::int64_t below(std::int64_t count) { return static_cast<std::int64_t>(engine_()) % count; }
    /// A minute of the years 2000 to 2029.
    Timestamp minute() {
        return std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) +
               std::chrono::minutes(below(std::int64_t{30} * 365 * 1440));
    }
    Duration time() { return std::chrono::minutes(below(1440)); }

  private:
    std::mt19937 engine_;
};

WallTime shown(const Zone& zone, Timestamp at) {
    return WallTime(at.time_since_epoch() + zone.offset_at(at).east);
}

/// What the wall should show: that time on the day which it shows at `day`.
WallTime wanted(const Zone& zone, Timestamp day, Duration time) {
    return std::chrono::floor<days>(shown(zone, day)) + time;
}

TEST(TimeOfDayProperties, EveryMinuteIsReadAsItIsWritten) {
    for (int minute = 0; minute < 1440; ++minute) {
        const std::string text = fmt::format("{:02}:{:02}", minute / 60, minute % 60);
        EXPECT_EQ(parse_time_of_day(text).value(), std::chrono::minutes(minute)) << text;
        EXPECT_EQ(parse_time_of_day(text + ":00").value(), std::chrono::minutes(minute)) << text;
        EXPECT_EQ(
            parse_time_of_day(text + ":59.000001").value(), std::chrono::minutes(minute) + 59s + 1us
        ) << text;
    }
}

TEST(TimeOfDayProperties, OneCharacterTooManyIsNoTime) {
    constexpr std::string_view strangers = "xT Z+-:/";
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        Chance chance(seed);
        const auto minute = chance.below(1440);
        std::string text = fmt::format("{:02}:{:02}:15", minute / 60, minute % 60);
        const char stranger = strangers[static_cast<std::size_t>(chance.below(8))];
        text.insert(static_cast<std::size_t>(chance.below(9)), 1, stranger);
        const auto time = parse_time_of_day(text);
        ASSERT_FALSE(time) << text;
        EXPECT_EQ(time.error().message, "'" + text + "' is no time of the day");
    }
}

TEST(TimeOfDayProperties, ALongTextIsCutInItsError) {
    const auto time = parse_time_of_day(std::string(1000, '1'));
    ASSERT_FALSE(time);
    EXPECT_EQ(time.error().message, "'" + std::string(64, '1') + "' is no time of the day");
}

TEST(TimeOfDayProperties, TheWallShowsIt) {
    for (const char* name : zones) {
        const Zone zone = Zone::find(name).value();
        for (std::uint32_t seed = 0; seed < 500; ++seed) {
            Chance chance(seed);
            const Timestamp day = chance.minute();
            const Duration time = chance.time();
            const WallTime wall = wanted(zone, day, time);
            if (zone.moment_of(wall).in_gap) continue;
            const Timestamp at = at_time_of_day(day, time, name).value();
            EXPECT_EQ(shown(zone, at), wall) << name << " seed " << seed;
        }
    }
}

TEST(TimeOfDayProperties, OfATimeThatIsShownTwiceItIsTheFirst) {
    for (const char* name : zones) {
        const Zone zone = Zone::find(name).value();
        for (std::uint32_t seed = 0; seed < 300; ++seed) {
            Chance chance(seed);
            const Timestamp day = chance.minute();
            const Duration time = chance.time();
            const Timestamp at = at_time_of_day(day, time, name).value();
            for (const Duration before : {Duration(30min), Duration(1h), Duration(2h)}) {
                EXPECT_NE(shown(zone, at - before), wanted(zone, day, time))
                    << name << " seed " << seed;
            }
        }
    }
}

TEST(TimeOfDayProperties, EveryMomentOfADayGivesTheSame) {
    for (const char* name : zones) {
        const Zone zone = Zone::find(name).value();
        for (std::uint32_t seed = 0; seed < 100; ++seed) {
            Chance chance(seed);
            const Timestamp day = chance.minute();
            const Duration time = chance.time();
            const Timestamp first = at_time_of_day(day, time, name).value();
            const auto date = std::chrono::floor<days>(shown(zone, day));
            for (Timestamp other = day - 26h; other < day + 26h; other += 47min) {
                const auto shift = std::chrono::floor<days>(shown(zone, other)) - date;
                if (shift != days(0)) continue;
                EXPECT_EQ(at_time_of_day(other, time, name).value(), first)
                    << name << " seed " << seed;
            }
        }
    }
}

TEST(TimeOfDayProperties, AMinuteThatIsLeftOutComesLater) {
    // In these nights the clock is put forward by an hour, by half an hour on Lord Howe.
    struct Night {
        const char* zone;
        const char* day;
        const char* time;
        const char* moment;
    };
    for (const Night& night : {
             Night{"Europe/Berlin", "2026-03-29T12:00Z", "02:00", "2026-03-29T01:00:00Z"},
             Night{"Europe/Berlin", "2026-03-29T12:00Z", "02:59", "2026-03-29T01:59:00Z"},
             Night{"Europe/Berlin", "2026-03-29T12:00Z", "03:00", "2026-03-29T01:00:00Z"},
             Night{"America/New_York", "2026-03-08T12:00Z", "02:30", "2026-03-08T07:30:00Z"},
             Night{"Australia/Lord_Howe", "2026-10-04T00:00Z", "02:15", "2026-10-03T15:45:00Z"},
             Night{"Australia/Lord_Howe", "2026-04-05T00:00Z", "01:45", "2026-04-04T14:45:00Z"},
         }) {
        const auto at = at_time_of_day(
            parse_timestamp(night.day).value(), parse_time_of_day(night.time).value(), night.zone
        );
        EXPECT_EQ(format_api(at.value()), night.moment) << night.zone << ' ' << night.time;
    }
}

}  // namespace
}  // namespace reel::core
