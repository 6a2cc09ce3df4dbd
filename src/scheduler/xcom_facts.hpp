#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "reel/core/dag.hpp"

namespace reel::scheduler {

/// How many elements a value has to map over; nullopt for anything but a list or an object.
[[nodiscard]] std::optional<std::size_t> length_of(const core::JsonText& value);

/// {"skipped": ["a", "b"]} and back; empty for anything else.
[[nodiscard]] core::JsonText skipped_to_json(const std::vector<core::TaskId>& tasks);
[[nodiscard]] std::vector<core::TaskId> skipped_from_json(const core::JsonText& value);

}  // namespace reel::scheduler
