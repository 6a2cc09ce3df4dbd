#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/stage/report.hpp"

namespace reel::warehouse {

struct AnnouncedTable {
    std::string physical;
    std::string name;
    std::string file;
    std::string made_by;
};

/// A row of reel.staged_tables for a table that is still to be filled.
void announce_table(
    postgres::Link& link, const LoadIdentity& identity, const AnnouncedTable& table
);

/// What a staged table's pages hold.
struct StoredRows {
    std::uint64_t kept = 0;
    std::uint64_t deleted = 0;     ///< duplicates, whose room nobody has used since
    std::uint64_t dead_bytes = 0;  ///< of the kept ones: row numbers that are no column any more
};

/// Makes an announced table one that others find; false when it is announced no more.
[[nodiscard]] bool complete_table(
    postgres::Link& link,
    const std::string& physical,
    const FileContent& content,
    const StoredRows& rows
);

/// Drops a table that was announced only.
void take_back_table(postgres::Link& link, const std::string& physical);

/// One row of reel.stage_reports per file and table. `physical` is empty when the tables are not
/// kept.
void record_report(
    postgres::Link& link,
    const StageOutcome& outcome,
    const std::string& status,
    const std::vector<std::string>& physical
);

}  // namespace reel::warehouse
