#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commit_sql.hpp"
#include "reel/postgres/database.hpp"
#include "reel/store/records.hpp"

/// The rows that hang on a task: its attempts and its XComs. What names no task, or an attempt of
/// another one, throws Refused.
namespace reel::store {

/// Of so many rows, or any_rows.
[[nodiscard]] std::string upsert_attempts(std::size_t rows, InTheWay what);
[[nodiscard]] std::string upsert_xcoms(std::size_t rows, InTheWay what);

void write_attempts(postgres::Transaction& transaction, const std::vector<AttemptRecord>& attempts);
void write_xcoms(postgres::Transaction& transaction, const std::vector<XComRecord>& xcoms);

[[nodiscard]] std::optional<TaskInstanceRecord> find_task(
    postgres::Transaction& transaction, const core::TaskKey& key
);

}  // namespace reel::store
