#pragma once

#include "reel/core/time.hpp"

namespace reel::support {

/// Stands still until a test moves it. Begins at 2026-01-01T00:00:00Z.
class ManualClock final : public core::Clock {
  public:
    ManualClock();
    [[nodiscard]] core::Timestamp now() const override { return now_; }
    void advance(core::Duration by) { now_ += by; }
    void set(core::Timestamp at) { now_ = at; }

  private:
    core::Timestamp now_;
};

}  // namespace reel::support
