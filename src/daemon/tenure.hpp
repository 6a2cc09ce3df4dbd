#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>

#include "reel/core/time.hpp"

namespace reel::daemon {

/// Time since the machine was started: nobody steps it, and it goes on while the machine sleeps, as
/// the database's clock does.
struct BootClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<BootClock>;
    static constexpr bool is_steady = true;

    [[nodiscard]] static time_point now() noexcept {
        std::timespec at{};
        ::clock_gettime(CLOCK_BOOTTIME, &at);
        return time_point(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
    }
};
using Moment = BootClock::time_point;

/// Until when the holder of a lease may act. The lease begins no earlier at the database than it
/// was asked for here, so counting from there is on the safe side; a tenth is left for what is
/// being done at the end.
class Tenure final {
  public:
    Tenure(Moment asked, core::Duration length) : length_(length) { renewed(asked); }

    void renewed(Moment asked) {
        ends_ = asked + length_ - length_ / 10;
        next_ = asked + length_ / 3;
    }
    /// A renewal that got no answer is tried again soon.
    void tried_in_vain(Moment now) { next_ = now + length_ / 10; }

    [[nodiscard]] bool may_act(Moment now) const { return now < ends_; }
    [[nodiscard]] bool is_renewal_due(Moment now) const { return now >= next_; }
    /// When there is something to do next.
    [[nodiscard]] Moment next(bool is_asking) const {
        return is_asking ? ends_ : std::min(ends_, next_);
    }

  private:
    core::Duration length_;
    Moment ends_;
    Moment next_;
};

}  // namespace reel::daemon
