#pragma once

#include <optional>
#include <string>

#include "reel/core/ids.hpp"

namespace reel::store {

/// An attempt that was ended by decree (marked, or with its run) while its process may still live.
/// It holds what it held until that is known to be gone, and its task does not begin anew; also
/// for a scheduler that takes over from the one which knew.
struct LingeringAttempt {
    core::AttemptId attempt = 0;
    core::TaskKey key;  ///< its run may have been deleted
    std::string pool;
    int pool_slots = 1;
    std::optional<int> max_active_tis_per_dag;  ///< of its task, as that was declared
    std::optional<int> max_active_tis_per_dagrun;
    bool operator==(const LingeringAttempt&) const = default;
};

}  // namespace reel::store
