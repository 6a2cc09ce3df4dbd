#pragma once

#include <optional>
#include <string>

#include "reel/core/schedule_forms.hpp"
#include "zone.hpp"

namespace reel::core {

/// Where a step from `at` leads in a zone: what counts by the calendar goes by the wall there.
/// nullopt beyond the years 1 to 9999.
[[nodiscard]] std::optional<Timestamp> advance(
    const CalendarDelta& delta, const Zone& zone, Timestamp at
);

/// The same with what is added taken away, as dateutil's `-delta`.
[[nodiscard]] std::optional<Timestamp> retreat(
    const CalendarDelta& delta, const Zone& zone, Timestamp at
);

/// As Python prints it: "relativedelta(months=+1, day=1)".
[[nodiscard]] std::string python_text(const CalendarDelta& delta);

/// "Every month, on day 1, at 07:00".
[[nodiscard]] std::string describe(const CalendarDelta& delta);

}  // namespace reel::core
