#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace reel::core {

/// The candidate nearest to a misspelt word (letters inserted, dropped, changed or swapped, case
/// ignored), or nothing when none is near enough to be what was meant. Of equals the first.
[[nodiscard]] std::optional<std::string> nearest_word(
    std::string_view word, std::span<const std::string> candidates
);

/// "did you mean 'retries'?", or "" when nothing is near enough.
[[nodiscard]] std::string did_you_mean(
    std::string_view word, std::span<const std::string> candidates
);

}  // namespace reel::core
