#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "reel/postgres/link.hpp"
#include "warehouse/publish/ledger.hpp"

namespace reel::warehouse {

/// Whether the server's statistics tell another table than the one that is there after a publish;
/// its own autovacuum thinks the same of a tenth.
[[nodiscard]] bool outdates_statistics(const PublishCounts& counts, std::int64_t rows_before);

/// Brings a table's statistics up to date. Gives what there is to say where that fails; the rows
/// are there all the same.
[[nodiscard]] std::optional<std::string> analyze_table(
    postgres::Link& link, const std::string& quoted_table
);

/// The same when there is time.
using AnalyzeLater = std::function<void(const std::string& quoted_table)>;

}  // namespace reel::warehouse
