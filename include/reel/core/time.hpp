#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::core {

/// Wall time, UTC, in microseconds (Postgres' own resolution).
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// The only source of "now" in domain code; tests turn it by hand.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override;
};

/// "2024-01-31T07:00:00+00:00", with ".123456" where the fraction is not zero: Python's isoformat,
/// as Airflow's ids have it.
[[nodiscard]] std::string format_iso(Timestamp at);

/// "2024-01-31T07:00:00Z" / "….123456Z": the REST API's form.
[[nodiscard]] std::string format_api(Timestamp at);

/// Reads "2024-01-31", "2024-01-31 07:00[:00[.ffffff]]", "T" or blank between, "Z", "+01:00" or
/// "+0100" behind. A time without zone is taken in `default_zone` (IANA name).
[[nodiscard]] Result<Timestamp> parse_timestamp(
    std::string_view text, const std::string& default_zone = "UTC"
);

/// "90", "1.5" (seconds), "5m", "1h30m", "2d", "1w", "500ms", "PT5M", "P1DT2H", "01:30:00".
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// "1h 30m", "2.5s", "340ms": for people.
[[nodiscard]] std::string format_duration(Duration duration);

}  // namespace reel::core
