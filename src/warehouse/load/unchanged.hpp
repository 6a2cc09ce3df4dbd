#pragma once

#include <optional>

#include "reel/warehouse/load.hpp"
#include "warehouse/stage/input_files.hpp"

namespace reel::warehouse {

/// What a look before a load has come to.
struct UnchangedLook {
    /// The accounts of a load that has nothing to do, recorded in the ledger.
    std::optional<core::JsonText> accounts = {};
    /// Else the source, where it was opened for that; nothing of it has to be fetched again.
    std::optional<InputFiles> opened = {};
};

/// Whether the file's content is what was loaded last, in the same way, and no row of any of its
/// targets was touched since. Where that cannot be shown nothing was recorded. The file is read
/// only if it may come to that: not if its size is another one. Errors are the warehouse's;
/// mistakes in the plan and what is wrong with the file are left to the load itself.
[[nodiscard]] core::Result<UnchangedLook> find_unchanged(
    const LoadPlan& plan, const OperationContext& context
);

}  // namespace reel::warehouse
