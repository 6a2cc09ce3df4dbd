#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

enum class LoadMode { upsert, append, replace };

[[nodiscard]] std::string_view to_string(LoadMode mode);

/// What `upsert` is asked to do.
struct PublishSpec {
    std::string from;   ///< "task.table"; empty when there is a query
    std::string query;  ///< without a semicolon behind; empty when there is `from`
    TableName into;
    LoadMode mode = LoadMode::append;
    std::vector<std::string> key;
    std::vector<Check> checks;  ///< of the source's rows, before any of them is published
};

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
