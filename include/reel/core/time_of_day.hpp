#pragma once

#include <string>
#include <string_view>

#include "reel/core/time.hpp"

namespace reel::core {

/// "14:30", "14:30:15": since midnight.
[[nodiscard]] Result<Duration> parse_time_of_day(std::string_view text);

/// The moment at which the wall of a zone (IANA name) shows that time, on the day which it shows at
/// `day`. Of a time that the wall shows twice it is the first; one that it leaves out comes as much
/// later as the clock is put forward.
[[nodiscard]] Result<Timestamp> at_time_of_day(
    Timestamp day, Duration time, const std::string& zone
);

/// The moment at which the wall of a zone shows the same time a day later, by the same rules.
[[nodiscard]] Result<Timestamp> one_day_later(Timestamp at, const std::string& zone);

/// "Monday" is 1, "sunday" 7.
[[nodiscard]] Result<int> parse_weekday(std::string_view text);

/// 1 for Monday to 7 for Sunday: the day that the wall of a zone shows at a moment.
[[nodiscard]] Result<int> iso_weekday(Timestamp at, const std::string& zone);

}  // namespace reel::core
