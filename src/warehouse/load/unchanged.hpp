#pragma once

#include <optional>

#include "reel/warehouse/load.hpp"

namespace reel::warehouse {

/// The accounts of a load that has nothing to do, recorded in the ledger: the file's content is
/// what was loaded last, in the same way, and no row of any of its targets was touched since. None
/// where that cannot be shown; then nothing was recorded. The file is read only if it may come to
/// that. Errors are the warehouse's; mistakes in the plan and what is wrong with the file are left
/// to the load itself.
[[nodiscard]] core::Result<std::optional<core::JsonText>> find_unchanged(
    const LoadPlan& plan, const OperationContext& context
);

}  // namespace reel::warehouse
