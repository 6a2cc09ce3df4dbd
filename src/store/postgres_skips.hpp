#pragma once

#include <vector>

#include "reel/postgres/database.hpp"
#include "reel/store/records.hpp"

namespace reel::store {

/// Those of DAGs that are no more are left out.
void write_skipped_fires(
    postgres::Transaction& transaction, const std::vector<SkippedFiresRecord>& skipped
);

}  // namespace reel::store
