#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/accounting.hpp"
#include "warehouse/stage/binding.hpp"

namespace reel::warehouse {

/// Identity of a file's content, known when it was read to its end.
struct FileContent {
    std::string sha256;
    std::uint64_t bytes = 0;
};

/// All that is told about one file that was staged. Everything it refers to must outlive it.
struct StageOutcome {
    const std::string& file;
    const FileContent& content;
    const FileAccount& account;
    const std::vector<BoundTable>& tables;
    const LoadIdentity& identity;
};

/// The report of `stage`, as operations.hpp describes it.
[[nodiscard]] core::JsonText stage_report(const StageOutcome& outcome);

/// The counts as lines for the log.
[[nodiscard]] std::vector<std::string> account_lines(const FileAccount& account);

}  // namespace reel::warehouse
