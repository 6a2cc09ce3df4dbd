#pragma once

#include <string>

namespace reel::executor {

/// What templates speak of that the database alone knows: asked for where one does, not with every
/// context.
struct TemplateWishes {
    bool last_success = false;  ///< Airflow's prev_…_success
    bool inlet_events = false;

    [[nodiscard]] TemplateWishes with(const TemplateWishes& other) const;
    bool operator==(const TemplateWishes&) const = default;
};

/// Of one template, by the names in it.
[[nodiscard]] TemplateWishes wishes_of(const std::string& source);

}  // namespace reel::executor
