#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/contract.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/quality/check.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

enum class LoadMode { upsert, append, replace, delete_insert, scd2 };

[[nodiscard]] std::string_view to_string(LoadMode mode);

/// Whether rows of the source may take the place of rows with the same key.
[[nodiscard]] constexpr bool merges(LoadMode mode) {
    return mode == LoadMode::upsert || mode == LoadMode::replace;
}

/// What becomes of target rows whose key the source lacks (`delete_missing`).
enum class MissingRows { keep, hard, soft };

/// The part of the target that `delete_insert` replaces.
struct Window {
    std::string where;   ///< a condition on the target's columns; empty when there is a column
    std::string column;  ///< without bounds: every value that the source has there
    std::optional<std::string> from;   ///< included
    std::optional<std::string> until;  ///< not included
};

/// What `upsert` is asked to do.
struct PublishSpec {
    std::string from;   ///< "task.table"; empty when there is a query
    std::string query;  ///< without a semicolon behind; empty when there is `from`
    TableName into;
    LoadMode mode = LoadMode::append;
    std::vector<std::string> key;
    std::vector<Check> checks;          ///< of the source's rows, before any of them is published
    std::optional<Window> window = {};  ///< with delete_insert, and only there
    MissingRows missing = MissingRows::keep;
    RejectLimit max_deleted = {};  ///< rows that `delete_missing` may take; more are an error
    Contract contract = {};
};

/// Says since when a row is missing in the source, with `delete_missing: soft`.
inline constexpr std::string_view deleted_column = "deleted_at";

/// Checks the arguments against each other and against the staged tables; all mistakes in one
/// error. `mode: upsert` without `key` takes the staged table's.
[[nodiscard]] core::Result<PublishSpec> parse_publish_spec(
    const core::JsonText& args, const OperationContext& context
);

/// The table that holds the rows of a query while they are published.
inline constexpr std::string_view query_relation = "pg_temp.reel_query";

/// The key that a staged table was made with; maybe empty.
[[nodiscard]] std::vector<std::string> staged_key(const StagedTable& table);

/// The ledger's key: equal for equal work on the same staged data, whatever the attempt. `staged`
/// are the ids of the staged tables that are read. Without any, work that is repeatable (upsert,
/// replace) is told apart by its attempt; an append happens once per task instance.
[[nodiscard]] std::string load_id(
    const PublishSpec& spec, const LoadIdentity& identity, const std::vector<std::string>& staged
);

}  // namespace reel::warehouse
