#pragma once

#include <string>

namespace reel::executor {

/// What templates use of their context that the database alone knows: asked for where one does, not
/// with every context.
struct ContextUse {
    bool last_success = false;  ///< Airflow's prev_…_success
    bool inlet_events = false;

    [[nodiscard]] ContextUse with(const ContextUse& other) const;
    bool operator==(const ContextUse&) const = default;
};

/// Of one template, by the names in it.
[[nodiscard]] ContextUse context_use_of(const std::string& source);

}  // namespace reel::executor
