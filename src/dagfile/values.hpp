#pragma once

#include <optional>
#include <string>

#include "reel/core/result.hpp"
#include "reel/core/time.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// Seconds as a number, "5m", "PT5M", or {__type__: datetime.timedelta, minutes: 5}.
[[nodiscard]] core::Result<core::Duration> read_duration(const Node& node);

/// Whether the node is a map with this __type__.
[[nodiscard]] bool has_type(const Node& node, std::string_view type);

/// What a date without more is read against.
struct DateContext {
    std::string timezone = "UTC";
    core::Timestamp now;
};

/// "2024-01-01", "2024-01-01T07:00+01:00", or "2 days": midnight (UTC) of today less that much.
[[nodiscard]] core::Result<core::Timestamp> read_date(const Node& node, const DateContext& context);

/// nullopt where there is none (null) and where it cannot be read, which scalar_check tells.
[[nodiscard]] std::optional<core::Timestamp> read_optional_date(
    const Node* node, const DateContext& context
);

/// A true or false, or Airflow 3's multiplier: true is 2, false is 0.
[[nodiscard]] double read_backoff(const Node& node);

}  // namespace reel::dagfile
