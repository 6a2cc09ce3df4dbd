#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::core {

using WallMinute = std::chrono::local_time<std::chrono::minutes>;

/// A cron expression as sets of bits: bit n of `hours` is hour n, and so on; Sunday is weekday 0.
struct CronFields {
    std::uint64_t minutes = 0;
    std::uint64_t hours = 0;
    std::uint64_t days = 0;
    std::uint64_t months = 0;
    std::uint64_t weekdays = 0;
    bool last_day = false;                        ///< "L" as day of month
    std::uint64_t last_weekdays = 0;              ///< "5L": the month's last Friday
    std::array<std::uint64_t, 6> nth_weekdays{};  ///< "5#2": bit 5 of [2]
    bool limits_days = false;                     ///< day of month does not stand for "*"
    bool limits_weekdays = false;                 ///< day of week does not stand for "*"

    [[nodiscard]] bool every_hour() const;
};

/// Five fields, presets expanded before. An error names the field and what it may hold.
[[nodiscard]] Result<CronFields> parse_cron(std::string_view expression);

/// The first minute at or after `from` that matches, on a wall without daylight saving; nullopt
/// when there is none within eight years.
[[nodiscard]] std::optional<WallMinute> first_match(const CronFields& fields, WallMinute from);

/// "At 07:00, on Monday through Friday"; the expression itself where it is none.
[[nodiscard]] std::string describe_cron(std::string_view expression);

}  // namespace reel::core
