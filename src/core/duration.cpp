#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "reel/core/ascii.hpp"
#include "reel/core/time.hpp"

namespace reel::core {

namespace {

constexpr double second = 1e6;
constexpr double minute = 60 * second;
constexpr double hour = 60 * minute;
constexpr double day = 24 * hour;
constexpr double week = 7 * day;
/// Python's timedelta.max is 999,999,999 days; ours must fit 64 bits of microseconds with room.
constexpr double longest = 1e6 * day;

struct Unit {
    std::string_view name;
    double microseconds;
};

constexpr std::array units{
    Unit{"us", 1},        Unit{"ms", 1e3},        Unit{"s", second},       Unit{"sec", second},
    Unit{"secs", second}, Unit{"second", second}, Unit{"seconds", second}, Unit{"m", minute},
    Unit{"min", minute},  Unit{"mins", minute},   Unit{"minute", minute},  Unit{"minutes", minute},
    Unit{"h", hour},      Unit{"hr", hour},       Unit{"hrs", hour},       Unit{"hour", hour},
    Unit{"hours", hour},  Unit{"d", day},         Unit{"day", day},        Unit{"days", day},
    Unit{"w", week},      Unit{"week", week},     Unit{"weeks", week},
};

constexpr std::array iso_date_units{Unit{"D", day}, Unit{"W", week}};
constexpr std::array iso_time_units{Unit{"S", second}, Unit{"M", minute}, Unit{"H", hour}};

std::optional<double> take_number(std::string_view& rest) {
    if (rest.empty() || !is_digit(rest.front())) return std::nullopt;
    double value = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
    if (error != std::errc{}) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return value;
}

void skip_blanks(std::string_view& rest) {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
}

template <std::size_t count>
std::optional<double> take_unit(std::string_view& rest, const std::array<Unit, count>& known) {
    std::size_t length = 0;
    while (length < rest.size() && !is_digit(rest[length]) && rest[length] != ' ') ++length;
    const std::string_view name = rest.substr(0, length);
    for (const Unit& unit : known) {
        if (unit.name != name) continue;
        rest.remove_prefix(length);
        return unit.microseconds;
    }
    return std::nullopt;
}

/// "1h30m", "1h 30m", "90", "5 minutes".
std::optional<double> scan_units(std::string_view rest) {
    double total = 0;
    for (bool first = true; !rest.empty(); first = false) {
        const auto number = take_number(rest);
        if (!number) return std::nullopt;
        if (rest.empty() && first) return *number * second;
        skip_blanks(rest);
        const auto unit = take_unit(rest, units);
        if (!unit) return std::nullopt;
        total += *number * *unit;
        skip_blanks(rest);
    }
    return total;
}

template <std::size_t count>
std::optional<double> scan_designators(
    std::string_view rest, const std::array<Unit, count>& known
) {
    double total = 0;
    while (!rest.empty()) {
        const auto number = take_number(rest);
        if (!number || rest.empty()) return std::nullopt;
        std::string_view designator = rest.substr(0, 1);
        const auto unit = take_unit(designator, known);
        if (!unit) return std::nullopt;
        rest.remove_prefix(1);
        total += *number * *unit;
    }
    return total;
}

/// "P1DT2H". Years and months have no fixed length, so they are not durations here.
std::optional<double> scan_iso(std::string_view text) {
    const std::string_view rest = text.substr(1);
    const std::size_t split = rest.find('T');
    if (rest.empty() || rest.back() == 'T') return std::nullopt;
    const auto days = scan_designators(rest.substr(0, split), iso_date_units);
    if (!days || split == std::string_view::npos) return days;
    const auto time = scan_designators(rest.substr(split + 1), iso_time_units);
    if (!time) return std::nullopt;
    return *days + *time;
}

/// "01:30:00" or "01:30:00.5".
std::optional<double> scan_clock(std::string_view rest) {
    double total = 0;
    for (const double unit : {hour, minute, second}) {
        if (unit != hour) {
            if (rest.empty() || rest.front() != ':') return std::nullopt;
            rest.remove_prefix(1);
        }
        const auto number = take_number(rest);
        if (!number || (unit != hour && *number >= 60)) return std::nullopt;
        total += *number * unit;
    }
    if (!rest.empty()) return std::nullopt;
    return total;
}

std::optional<double> scan_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text.front() == 'P') return scan_iso(text);
    if (text.find(':') != std::string_view::npos) return scan_clock(text);
    return scan_units(text);
}

std::string format_positive(std::int64_t micros) {
    if (micros < 1'000) return micros == 0 ? "0s" : fmt::format("{}us", micros);
    if (micros < 1'000'000) return fmt::format("{}ms", micros / 1'000);
    std::int64_t seconds = micros / 1'000'000;
    if (seconds < 60) {
        // One decimal says enough, but never "60.0s".
        const std::int64_t tenths = micros / 100'000;
        return tenths % 10 == 0 ? fmt::format("{}s", seconds)
                                : fmt::format("{}.{}s", seconds, tenths % 10);
    }
    std::string text;
    for (const auto& [length, name] : {std::pair{86'400, "d"}, {3'600, "h"}, {60, "m"}, {1, "s"}}) {
        if (seconds >= length) {
            text += fmt::format("{}{}{}", text.empty() ? "" : " ", seconds / length, name);
        }
        seconds %= length;
    }
    return text;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
    const auto micros = scan_duration(text);
    if (!micros) {
        return fail(
            Errc::invalid_argument,
            fmt::format("'{}' is not a duration", text.substr(0, 64)),
            "write it like 90 (seconds), 5m, 1h30m, 2d, 500ms, PT5M or 01:30:00"
        );
    }
    if (*micros > longest) {
        return fail(
            Errc::invalid_argument,
            fmt::format("the duration '{}' is too long", text.substr(0, 64)),
            "the longest is 1000000 days"
        );
    }
    return Duration(std::llround(*micros));
}

std::string format_duration(Duration duration) {
    if (duration.count() < 0) return "-" + format_positive(-duration.count());
    return format_positive(duration.count());
}

}  // namespace reel::core
