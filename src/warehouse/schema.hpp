#pragma once

#include "reel/postgres/link.hpp"

namespace reel::warehouse {

/// Makes schemas `reel` (ledger, quarantine, reports, quality results, registry of staged tables)
/// and `reel_staging` where they are missing. Idempotent; a lock makes callers take turns, and
/// loads of an older version that are under way are waited for. Must not be called inside a
/// transaction.
void ensure_schema(postgres::Link& link);

/// True once ensure_schema has been here: what only looks need not make anything.
[[nodiscard]] bool schema_exists(postgres::Link& link);

}  // namespace reel::warehouse
