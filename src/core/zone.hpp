#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "reel/core/time.hpp"

namespace date {
class time_zone;  // NOLINT(readability-identifier-naming): the library's name
}

namespace reel::core {

/// What a clock on the wall shows.
using WallTime = std::chrono::local_time<std::chrono::microseconds>;

/// A time zone of the system's database.
class Zone {
  public:
    /// nullopt for a name the database does not have.
    [[nodiscard]] static std::optional<Zone> find(const std::string& name);

    /// The offset from UTC that holds at a moment, since when and until when it does.
    struct Offset {
        std::chrono::seconds east{};
        Timestamp since;
        Timestamp until;
    };
    [[nodiscard]] Offset offset_at(Timestamp at) const;

    /// The moment at which the wall shows `wall`. In an overlap the first of the two; in a gap, as
    /// far behind its end as `wall` is behind its start.
    struct Moment {
        Timestamp at;
        bool in_gap = false;
    };
    [[nodiscard]] Moment moment_of(WallTime wall) const;

  private:
    explicit Zone(const date::time_zone* zone) : zone_(zone) {}
    const date::time_zone* zone_;  // null is UTC
};

}  // namespace reel::core
