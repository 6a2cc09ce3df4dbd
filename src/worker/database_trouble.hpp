#pragma once

#include "reel/core/time.hpp"
#include "reel/postgres/error.hpp"

namespace reel::worker {

/// Into the program's log: waiting may mend it, or it is our mistake, and then it is told louder.
void log_trouble(const char* who, const postgres::DatabaseError& error);

/// How long to wait after so many failures in a row (from 1); zero: as long as always.
[[nodiscard]] core::Duration pause_after(int failures);

}  // namespace reel::worker
