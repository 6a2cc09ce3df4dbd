#pragma once

#include <vector>

#include "reel/postgres/database.hpp"
#include "reel/store/records.hpp"

namespace reel::store {

extern const char* const upsert_skipped_fires;
[[nodiscard]] postgres::Params skipped_columns(const std::vector<SkippedFiresRecord>& skipped);

/// Those of DAGs that are no more are left out.
void write_skipped_fires(
    postgres::Transaction& transaction, const std::vector<SkippedFiresRecord>& skipped
);

}  // namespace reel::store
