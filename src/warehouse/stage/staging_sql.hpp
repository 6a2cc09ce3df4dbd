#pragma once

#include <string>
#include <vector>

#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// The bare name of a staging table, at most 63 bytes: as much of dag, task and table as fits, a
/// hash of all that tells tasks of all runs apart, the attempt.
[[nodiscard]] std::string staging_name(const LoadIdentity& identity, const std::string& table);

/// "reel_staging"."…", quoted.
[[nodiscard]] std::string staging_table(const LoadIdentity& identity, const std::string& table);

/// Logged: a server that crashes empties unlogged tables, and the task that staged them has ended
/// well and does not run again. Tables with a key number their rows until
/// duplicates are gone, but for the first ones in ascending order.
[[nodiscard]] std::string create_sql(const std::string& physical, const StageTableSpec& table);
[[nodiscard]] std::string copy_sql(const std::string& physical, const StageTableSpec& table);

/// Deletes all but the last row of each key.
[[nodiscard]] std::string dedupe_sql(
    const std::string& physical, const std::vector<std::string>& key
);
/// The same, and gives how many it deleted of each file ($1: the row numbers at which all files but
/// the first begin).
[[nodiscard]] std::string dedupe_by_file_sql(
    const std::string& physical, const std::vector<std::string>& key
);
[[nodiscard]] std::string drop_hidden_column_sql(const std::string& physical);

/// What StagedTable::columns and ::key hold.
[[nodiscard]] core::JsonText columns_json(const StageTableSpec& table);
[[nodiscard]] core::JsonText key_json(const StageTableSpec& table);

/// How a file becomes the rows of one table of a spec: equal where equal files give equal rows.
[[nodiscard]] std::string made_by(const StageSpec& spec, const std::string& table);

/// 16 hex digits of SHA-256.
[[nodiscard]] std::string short_hash(const std::string& text);

}  // namespace reel::warehouse
