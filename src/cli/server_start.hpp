#pragma once

#include <filesystem>

namespace reel::cli {

/// Whether the server of this home has begun and cannot be reached yet: it claims the home first
/// (run/reel.lock) and writes its token when it listens. `processes` is /proc.
[[nodiscard]] bool is_starting(
    const std::filesystem::path& home, const std::filesystem::path& processes
);

}  // namespace reel::cli
