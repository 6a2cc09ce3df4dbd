#pragma once

#include <string>
#include <string_view>

#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

/// The first descriptor that is none of those which a child is given (0 to 4).
inline constexpr int first_free_descriptor = 5;

/// The same file under a number that no child is given, so that placing it there overwrites no
/// other; no file where there was none or no number is left (errno). `first` is the first such
/// number.
[[nodiscard]] UniqueFd out_of_the_way(UniqueFd fd, int first = first_free_descriptor);

/// An empty file that is on no disk and that nobody else sees; its number is none that a child is
/// given, so that placing one there overwrites no other. `name` is for people who look at /proc.
[[nodiscard]] core::Result<UniqueFd> make_memory_file(const std::string& name);

/// The same with a content that nobody can change any more, to be read from its beginning.
[[nodiscard]] core::Result<UniqueFd> make_memory_file(
    const std::string& name, std::string_view content
);

}  // namespace reel::runner
