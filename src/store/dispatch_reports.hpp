#pragma once

#include <vector>

#include "reel/postgres/database.hpp"
#include "reel/store/dispatch_store.hpp"

namespace reel::store {

/// Gives the attempts that are not (any more) in the worker's hands; nothing is written of them.
[[nodiscard]] std::vector<core::AttemptId> write_reports(
    postgres::Transaction& transaction,
    const WorkerId& worker,
    const std::vector<DispatchReport>& reports
);

}  // namespace reel::store
