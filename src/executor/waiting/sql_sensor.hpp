#pragma once

#include <string>

#include "poke.hpp"
#include "reel/postgres/database.hpp"

namespace reel::executor {

/// A row that is waited for.
struct SqlWish {
    std::string uri;  ///< libpq URI, secret
    std::string sql;
    bool fail_on_empty = false;  ///< no row is a failure, not a "not yet"
};

/// Airflow's SqlSensor: met when the first cell is neither NULL nor 0, '', '0' or false.
[[nodiscard]] Poke judge_rows(const postgres::Rows& rows, bool fail_on_empty);

/// Runs the statements in one transaction, for a minute at most. A database that cannot be reached
/// may be there the next time. Blocking.
[[nodiscard]] Poke look_by_sql(const SqlWish& wish);

}  // namespace reel::executor
