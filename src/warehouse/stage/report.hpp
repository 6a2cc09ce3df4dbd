#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reel/warehouse/operations.hpp"
#include "warehouse/quality/inspect.hpp"
#include "warehouse/stage/accounting.hpp"
#include "warehouse/stage/binding.hpp"
#include "warehouse/stage/record_router.hpp"

namespace reel::warehouse {

/// Identity of a file's content, known when it was read to its end.
struct FileContent {
    std::string sha256;
    std::uint64_t bytes = 0;
    std::uint64_t file_bytes = 0;  ///< of the file that it was read from, packed or not
    std::string etag = {};         ///< of that file, where a server said one
};

struct FileOutcome {
    std::string file;
    FileContent content;
    FileAccount account;
    double seconds = 0;  ///< that its reading took
};

/// What all files together are: a single one's content as it is, else the hash of their hashes in
/// order.
[[nodiscard]] FileContent whole_content(const std::vector<FileOutcome>& files);

/// All that is told about the files of one source that were staged. Everything it refers to must
/// outlive it.
struct StageOutcome {
    const std::string& source;  ///< as the arguments name it
    const std::vector<FileOutcome>& files;
    const FileContent& content;  ///< of all files together
    const FileAccount& account;  ///< of all files together
    const std::vector<BoundTable>& tables;
    const LoadIdentity& identity;
    double seconds = 0;  ///< since the reading began
};

/// The report of `stage`, as operations.hpp describes it.
[[nodiscard]] core::JsonText stage_report(
    const StageOutcome& outcome, const std::vector<CheckResult>& checks = {}
);

/// Where a rejection is and why, for people.
[[nodiscard]] std::string reject_place(const Rejection& rejection, const std::string& file);
/// A rejected record as a line for the log.
[[nodiscard]] std::string reject_line(const Rejection& rejection, const std::string& file);

/// The counts of records and of tables as lines for the log.
[[nodiscard]] std::string records_line(const FileAccount& account);
[[nodiscard]] std::vector<std::string> account_lines(const FileAccount& account);

}  // namespace reel::warehouse
