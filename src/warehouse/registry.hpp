#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"

namespace reel::warehouse {

/// Holds a staging table for this session ($1 its physical name), so that nobody drops it while it
/// is being filled. Nobody waits for it.
inline constexpr std::string_view hold_staging_sql =
    "SELECT pg_advisory_lock(hashtextextended('reel.staging ' || $1, 0))";

/// One row of reel.staged_tables. A staged table and its row are made and dropped together; without
/// a content hash it is not whole yet.
struct RegisteredTable {
    std::string staged_id;  ///< unique for ever, where a physical name may come again
    std::string physical;
    std::string source_file;
    std::string content_hash;
    std::int64_t rows = 0;
    std::string made_by = {
    };  ///< how its file became these rows, as `made_by` says it; maybe empty
    double dead_share = 0;  ///< of its bytes: row numbers and duplicates that are gone
};

/// Parameters $1…$6 of statements about one piece of work: dag, run, task, map index, try, attempt.
[[nodiscard]] postgres::Params identity_params(const LoadIdentity& identity);
/// The same without the try: $1…$5.
[[nodiscard]] postgres::Params task_params(const LoadIdentity& identity);

/// What is known of a staged table; nullopt when it was dropped, or never whole.
[[nodiscard]] std::optional<RegisteredTable> find_registered(
    postgres::Link& link, const std::string& physical
);

/// Drops what earlier attempts of this task instance staged, but not what is still being filled;
/// gives how many. An error (conflict)
/// when a later attempt has staged: then this one is stale and must not go on.
[[nodiscard]] core::Result<int> drop_earlier_attempts(
    postgres::Link& link, const LoadIdentity& identity
);

}  // namespace reel::warehouse
