#pragma once

#include <string>
#include <vector>

#include "journal.hpp"

namespace reel::runner {

/// After the death of a runner: ends all processes of the attempts that its journal says were
/// running, so that none of them can meet its successor, and says how they ended. The exit status
/// of a process whose parent is gone is nobody's to know: they end as `abandoned`.
[[nodiscard]] std::vector<ProcessExit> end_left_behind(
    const std::vector<RunningRecord>& records, const std::string& boot_id
);

}  // namespace reel::runner
