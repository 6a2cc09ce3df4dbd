#include "support/manual_clock.hpp"

namespace reel::support {

ManualClock::ManualClock()
    : now_(std::chrono::sys_days(std::chrono::year(2026) / std::chrono::January / 1)) {}

}  // namespace reel::support
