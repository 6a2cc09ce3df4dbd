#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/binding.hpp"
#include "warehouse/stage/input_files.hpp"
#include "warehouse/stage/memory_plan.hpp"
#include "warehouse/stage/open_part.hpp"
#include "warehouse/stage/table_checks.hpp"

namespace reel::warehouse {

/// All that is decided about a staging before anything of it is made: what `stage` does, and what
/// an explanation tells. Its parts refer to each other, so it stays where it is.
struct PreparedStage {
    PreparedStage(StageSpec of, InputFiles opened)
        : spec(std::move(of)), files(std::move(opened)) {}
    PreparedStage(const PreparedStage&) = delete;
    PreparedStage& operator=(const PreparedStage&) = delete;
    ~PreparedStage() = default;

    StageSpec spec;  ///< with the columns that contracts have added, within the memory
    InputFiles files;
    std::vector<TableChecks> checks = {};  ///< of each table
    MemoryWish wish = {};
    MemoryPlan memory = {};
    std::optional<OpenPart> first = {};
    std::vector<std::string> header = {};
    std::vector<BoundTable> tables = {};
};

/// Checks the arguments, opens the source (unless `opened` is it), and ties the tables to the first
/// file's header. `say` gets a line of what is read. Errors: mistakes in the arguments, those of
/// the source, a memory limit that is too small, a header that does not fit.
[[nodiscard]] core::Result<std::unique_ptr<PreparedStage>> prepare_stage(
    StageSpec spec,
    std::optional<InputFiles> opened,
    const OperationContext& context,
    const std::function<void(const std::string&)>& say
);

/// `stage`, of a source that is open already, where there is one.
[[nodiscard]] core::Result<core::JsonText> stage_source(
    const core::JsonText& args, std::optional<InputFiles> opened, const OperationContext& context
);

}  // namespace reel::warehouse
