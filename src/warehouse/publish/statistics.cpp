#include "warehouse/publish/statistics.hpp"

#include <fmt/format.h>

namespace reel::warehouse {

bool outdates_statistics(const PublishCounts& counts, std::int64_t rows_before) {
    constexpr std::int64_t few = 1000;
    const auto written = counts.inserted + counts.updated + counts.deleted;
    return written >= few && written >= rows_before / 10;
}

std::optional<std::string> analyze_table(postgres::Link& link, const std::string& quoted_table) {
    try {
        link.exec("ANALYZE " + quoted_table);
        return std::nullopt;
    } catch (const postgres::DatabaseError& failure) {
        return fmt::format("loaded, but not analyzed: {}", failure.what());
    }
}

}  // namespace reel::warehouse
