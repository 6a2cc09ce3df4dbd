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
};

/// A row of reel.staged_tables for a table that is still to be filled.
void announce_table(
    postgres::Link& link, const LoadIdentity& identity, const AnnouncedTable& table
);

/// Makes an announced table one that others find; false when it is announced no more.
[[nodiscard]] bool complete_table(
    postgres::Link& link,
    const std::string& physical,
    const FileContent& content,
    std::uint64_t rows
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
