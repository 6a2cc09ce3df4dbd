#include "reel/core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "reel/core/ascii.hpp"
#include "reel/core/time_of_day.hpp"
#include "zone.hpp"

namespace reel::core {

namespace {

using std::chrono::microseconds;

std::string format_with(Timestamp at, std::string_view zone) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(at - day);
    std::string text = fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count()
    );
    if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
    return text.append(zone);
}

/// Reads a text from left to right; every take says whether it found what it wanted.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    bool take(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<int> take_number(int digits, int low, int high) {
        int value = 0;
        if (rest_.size() < static_cast<std::size_t>(digits)) return std::nullopt;
        for (int i = 0; i < digits; ++i) {
            const char c = rest_[static_cast<std::size_t>(i)];
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        if (value < low || value > high) return std::nullopt;
        rest_.remove_prefix(static_cast<std::size_t>(digits));
        return value;
    }

    /// The digits behind a decimal point as microseconds; further digits are cut off.
    std::optional<microseconds> take_fraction() {
        std::int64_t value = 0;
        int digits = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            if (digits < 6) value = value * 10 + (rest_.front() - '0');
            ++digits;
            rest_.remove_prefix(1);
        }
        if (digits == 0 || digits > 9) return std::nullopt;
        for (; digits < 6; ++digits) value *= 10;
        return microseconds(value);
    }

  private:
    std::string_view rest_;
};

std::optional<std::chrono::local_days> scan_date(Scanner& scan) {
    const auto year = scan.take_number(4, 1, 9999);
    if (!year || !scan.take("-")) return std::nullopt;
    const auto month = scan.take_number(2, 1, 12);
    if (!month || !scan.take("-")) return std::nullopt;
    const auto day = scan.take_number(2, 1, 31);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(*month)),
        std::chrono::day(static_cast<unsigned>(*day))
    };
    if (!date.ok()) return std::nullopt;
    return std::chrono::local_days(date);
}

std::optional<microseconds> scan_clock(Scanner& scan) {
    const auto hour = scan.take_number(2, 0, 23);
    if (!hour || !scan.take(":")) return std::nullopt;
    const auto minute = scan.take_number(2, 0, 59);
    if (!minute) return std::nullopt;
    microseconds time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
    if (!scan.take(":")) return time;
    const auto second = scan.take_number(2, 0, 59);
    if (!second) return std::nullopt;
    time += std::chrono::seconds(*second);
    if (!scan.take(".,")) return time;
    const auto fraction = scan.take_fraction();
    if (!fraction) return std::nullopt;
    return time + *fraction;
}

/// What stands behind "+" or "-": "01:00", "0100" or "01".
std::optional<microseconds> scan_offset(Scanner& scan) {
    const auto hours = scan.take_number(2, 0, 23);
    if (!hours) return std::nullopt;
    if (scan.at_end()) return std::chrono::hours(*hours);
    scan.take(":");
    const auto minutes = scan.take_number(2, 0, 59);
    if (!minutes) return std::nullopt;
    return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

/// A time on the wall and, where the text has one, how far east of UTC that wall is.
struct Written {
    WallTime wall;
    std::optional<microseconds> east;
};

std::optional<Written> scan_timestamp(std::string_view text) {
    Scanner scan(text);
    const auto day = scan_date(scan);
    if (!day) return std::nullopt;
    Written written{.wall = *day, .east = std::nullopt};
    if (scan.at_end()) return written;
    if (!scan.take("Tt ")) return std::nullopt;
    const auto clock = scan_clock(scan);
    if (!clock) return std::nullopt;
    written.wall += *clock;
    scan.take(" ");
    if (scan.at_end()) return written;
    if (scan.take("Zz")) {
        written.east = microseconds(0);
    } else if (const bool east = scan.take("+"); east || scan.take("-")) {
        const auto offset = scan_offset(scan);
        if (!offset) return std::nullopt;
        written.east = east ? *offset : -*offset;
    }
    if (!written.east || !scan.at_end()) return std::nullopt;
    return written;
}

Result<Zone> find_zone(const std::string& name) {
    const auto zone = Zone::find(name);
    if (zone) return *zone;
    return fail(
        Errc::invalid_argument,
        fmt::format("unknown time zone '{}'", name),
        "use an IANA name such as Europe/Berlin or UTC"
    );
}

WallTime time_shown(const Zone& zone, Timestamp at) {
    return WallTime(at.time_since_epoch() + zone.offset_at(at).east);
}

std::chrono::local_days day_shown(const Zone& zone, Timestamp at) {
    return std::chrono::floor<std::chrono::days>(time_shown(zone, at));
}

}  // namespace

Timestamp SystemClock::now() const {
    return std::chrono::floor<microseconds>(std::chrono::system_clock::now());
}

std::string format_iso(Timestamp at) {
    return format_with(at, "+00:00");
}

std::string format_api(Timestamp at) {
    return format_with(at, "Z");
}

Result<Timestamp> parse_timestamp(std::string_view text, const std::string& default_zone) {
    const auto written = scan_timestamp(text);
    if (!written) {
        return fail(
            Errc::invalid_argument,
            fmt::format("'{}' is not a date or a time", text.substr(0, 64)),
            "write it like 2024-01-31, 2024-01-31 07:00 or 2024-01-31T07:00:00+01:00"
        );
    }
    if (written->east) return Timestamp(written->wall.time_since_epoch() - *written->east);
    const auto zone = find_zone(default_zone);
    if (!zone) return std::unexpected(zone.error());
    return zone->moment_of(written->wall).at;
}

Result<Duration> parse_time_of_day(std::string_view text) {
    Scanner scan(text);
    const auto time = scan_clock(scan);
    if (!time || !scan.at_end()) {
        return fail(
            Errc::invalid_argument,
            fmt::format("'{}' is no time of the day", text.substr(0, 64)),
            "write it like 14:30 or 14:30:15"
        );
    }
    return *time;
}

Result<Timestamp> at_time_of_day(Timestamp day, Duration time, const std::string& name) {
    const auto zone = find_zone(name);
    if (!zone) return std::unexpected(zone.error());
    return zone->moment_of(day_shown(*zone, day) + time).at;
}

Result<Timestamp> one_day_later(Timestamp at, const std::string& name) {
    const auto zone = find_zone(name);
    if (!zone) return std::unexpected(zone.error());
    return zone->moment_of(time_shown(*zone, at) + std::chrono::days(1)).at;
}

Result<int> parse_weekday(std::string_view text) {
    constexpr std::array<std::string_view, 7> days{
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    };
    const auto day = std::ranges::find(days, lowered(text));
    if (day != days.end()) return static_cast<int>(day - days.begin()) + 1;
    return fail(
        Errc::invalid_argument,
        fmt::format("'{}' is no day of the week", text.substr(0, 64)),
        "write one of monday, tuesday, … sunday"
    );
}

Result<int> iso_weekday(Timestamp at, const std::string& name) {
    const auto zone = find_zone(name);
    if (!zone) return std::unexpected(zone.error());
    return static_cast<int>(std::chrono::weekday(day_shown(*zone, at)).iso_encoding());
}

}  // namespace reel::core
