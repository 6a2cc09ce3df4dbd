#include "warehouse/publish/source_keys.hpp"

#include <fmt/format.h>

#include "warehouse/count_of.hpp"
#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

core::Result<void> check_keys(
    postgres::Link& link, const PublishSpec& spec, const MergeShape& shape
) {
    if (shape.key.empty()) {
        return {};
    }
    if (const auto nulls = count_of(link.exec(null_keys_sql(shape)), "total"); nulls > 0) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format("{} rows have NULL in the key ({})", nulls, comma_list(shape.key)),
            "leave such rows out of the query, or declare the column not_null when staging",
            spec.into.readable()
        );
    }
    const auto duplicates = link.exec(duplicate_keys_sql(shape));
    if (const auto total = count_of(duplicates, "total"); total > 0) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format(
                "{} keys ({}) come more than once: {}",
                total,
                comma_list(shape.key),
                duplicates.at(0, "sample").value_or("")
            ),
            "which row should win? say so with DISTINCT ON or GROUP BY",
            spec.into.readable()
        );
    }
    return {};
}

}  // namespace reel::warehouse
