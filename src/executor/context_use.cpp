#include "context_use.hpp"

#include <algorithm>
#include <array>

namespace reel::executor {

ContextUse ContextUse::with(const ContextUse& other) const {
    return {
        .last_success = last_success || other.last_success,
        .inlet_events = inlet_events || other.inlet_events
    };
}

ContextUse context_use_of(const std::string& source) {
    constexpr std::array of_last_success{
        "prev_data_interval_start_success",
        "prev_data_interval_end_success",
        "prev_start_date_success",
        "prev_end_date_success"
    };
    const auto names = [&](const char* name) { return source.contains(name); };
    return {
        .last_success = std::ranges::any_of(of_last_success, names),
        .inlet_events = source.contains("inlet_events"),
    };
}

}  // namespace reel::executor
