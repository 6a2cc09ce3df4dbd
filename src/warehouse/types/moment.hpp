#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace reel::warehouse {

/// A date, a time of day, or both, as a text says it.
struct Moment {
    std::optional<std::chrono::sys_days> date = std::nullopt;
    std::optional<std::chrono::microseconds> time = std::nullopt;    ///< since midnight, up to 24 h
    std::optional<std::chrono::minutes> zone_offset = std::nullopt;  ///< east of UTC

    /// Since 1970-01-01 00:00 UTC; midnight where there is no time, UTC where there is no zone. Has
    /// a date.
    [[nodiscard]] std::chrono::microseconds since_epoch() const;
};

/// A value, or why the text is none: "no such date", or "" when it does not look like one at all.
template <class T>
using Parsed = std::expected<T, std::string>;

/// YYYY-MM-DD, a blank or T, HH:MM[:SS[.fraction]], Z, UTC or ±HH[[:]MM]; date or time may be
/// missing, the zone needs a time.
[[nodiscard]] Parsed<Moment> parse_iso_moment(std::string_view text);

/// By a pattern of % directives that `check_pattern` accepted.
[[nodiscard]] Parsed<Moment> parse_by_pattern(std::string_view text, std::string_view pattern);

/// What a pattern gives, or what is wrong with it.
struct PatternContent {
    bool date = false;
    bool time = false;
};
[[nodiscard]] std::expected<PatternContent, std::string> check_pattern(std::string_view pattern);

/// Decimal number of units since 1970-01-01 00:00 UTC, perhaps with a fraction; to microseconds.
[[nodiscard]] Parsed<std::chrono::microseconds> parse_epoch(
    std::string_view text, std::chrono::microseconds unit
);

}  // namespace reel::warehouse
