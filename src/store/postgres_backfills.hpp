#pragma once

#include <vector>

#include "reel/postgres/database.hpp"
#include "reel/store/backfill.hpp"

namespace reel::store {

// Within a commit's transaction. Those that are gone are left out: their DAG was deleted meanwhile.
void write_backfills(
    postgres::Transaction& transaction, const std::vector<BackfillRecord>& backfills
);
void write_backfill_runs(
    postgres::Transaction& transaction, const std::vector<BackfillRunRecord>& runs
);

}  // namespace reel::store
