#pragma once

#include <span>
#include <string_view>

#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

/// A message with descriptors (SCM_RIGHTS), at most eight; does not wait. False: it was not sent.
[[nodiscard]] bool send_descriptors(
    const UniqueFd& socket, std::string_view message, std::span<const int> descriptors
);

}  // namespace reel::runner
