#pragma once

#include <string>
#include <vector>

#include "reel/core/result.hpp"

namespace reel::warehouse {

/// Which of an archive's files are meant by `member`: its only one (empty), the one of that name,
/// or all that fit a pattern, in the order in which they stand there. Without a slash `member` may
/// also be, or fit, a name in any of the archive's folders. An error lists what there is.
[[nodiscard]] core::Result<std::vector<std::string>> choose_members(
    const std::vector<std::string>& names, const std::string& member
);

}  // namespace reel::warehouse
