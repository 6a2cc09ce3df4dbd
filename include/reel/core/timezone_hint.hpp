#pragma once

#include <string>

namespace reel::core {

/// "did you mean 'Europe/Berlin'?" for a name that is no time zone, or "".
[[nodiscard]] std::string nearest_timezone(const std::string& name);

}  // namespace reel::core
