#pragma once

#include <vector>

#include "reel/postgres/database.hpp"
#include "reel/store/lingering.hpp"

namespace reel::store {

/// One that is there already stays as it is.
void write_lingering(
    postgres::Transaction& transaction, const std::vector<LingeringAttempt>& attempts
);

/// Those that are not there are passed over.
void delete_lingering(
    postgres::Transaction& transaction, const std::vector<core::AttemptId>& attempts
);

}  // namespace reel::store
