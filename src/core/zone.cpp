#include "zone.hpp"

#include <date/tz.h>

#include <stdexcept>
#include <vector>

#include "reel/core/did_you_mean.hpp"
#include "reel/core/timezone_hint.hpp"

namespace reel::core {

namespace {

/// The database counts in seconds; its first and last offsets reach far beyond what microseconds
/// can say.
Timestamp clamp(date::sys_seconds at) {
    const auto first = std::chrono::ceil<std::chrono::seconds>(Timestamp::min());
    const auto last = std::chrono::floor<std::chrono::seconds>(Timestamp::max());
    if (at >= last) return Timestamp::max();
    return at <= first ? Timestamp::min() : Timestamp(at);
}

}  // namespace

std::optional<Zone> Zone::find(const std::string& name) {
    if (name == "UTC") return Zone(nullptr);
    try {
        return Zone(date::locate_zone(name));
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

std::string nearest_timezone(const std::string& name) {
    std::vector<std::string> known{"UTC"};
    for (const date::time_zone& zone : date::get_tzdb().zones) known.push_back(zone.name());
    return did_you_mean(name, known);
}

Zone::Offset Zone::offset_at(Timestamp at) const {
    if (zone_ == nullptr) return {.since = Timestamp::min(), .until = Timestamp::max()};
    const date::sys_info info = zone_->get_info(std::chrono::floor<std::chrono::seconds>(at));
    return {.east = info.offset, .since = clamp(info.begin), .until = clamp(info.end)};
}

Zone::Moment Zone::moment_of(WallTime wall) const {
    if (zone_ == nullptr) return {.at = Timestamp(wall.time_since_epoch()), .in_gap = false};
    const date::local_seconds second(std::chrono::floor<std::chrono::seconds>(wall.time_since_epoch(
    )));
    const date::local_info info = zone_->get_info(second);
    return {
        .at = Timestamp(wall.time_since_epoch() - info.first.offset),
        .in_gap = info.result == date::local_info::nonexistent,
    };
}

}  // namespace reel::core
