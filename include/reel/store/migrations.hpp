#pragma once

#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/postgres/database.hpp"

namespace reel::store {

struct Migration {
    int number = 0;    ///< from 1, no gaps
    std::string name;  ///< "create_runs"
    std::string sql;
};

/// The migrations that this program carries (sql/migrations/NNNN_name.sql, built in), in order.
[[nodiscard]] const std::vector<Migration>& all_migrations();

/// Brings the database to the newest level, each migration in a transaction of its own, under an
/// advisory lock so that two programs may try at once. Gives the names applied. Errc::unsupported
/// for a database newer than this program. Throws postgres::DatabaseError when the server is away.
[[nodiscard]] core::Result<std::vector<std::string>> migrate(const std::string& uri);

/// Whether there is nothing to migrate, by one question.
[[nodiscard]] bool is_up_to_date(postgres::Database& database);

/// The level the database is at; 0 for an empty one.
[[nodiscard]] int migration_level(const std::string& uri);

/// Drops everything Reel keeps in the metadata database and migrates anew.
[[nodiscard]] core::Result<void> reset(const std::string& uri);

}  // namespace reel::store
