#pragma once

#include "reel/core/result.hpp"
#include "reel/core/schedule_forms.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// A duration, or {__type__: dateutil.relativedelta.relativedelta, months: 1, day: 1, …} with
/// dateutil's rules for what is too large for its unit.
[[nodiscard]] core::Result<core::Span> read_span(const Node& node);

[[nodiscard]] bool is_relativedelta(const Node& node);

}  // namespace reel::dagfile
