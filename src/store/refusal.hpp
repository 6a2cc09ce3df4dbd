#pragma once

#include "reel/core/result.hpp"

namespace reel::store {

/// Thrown within a transaction to roll it back; PostgresStore::commit gives the error to its
/// caller.
struct Refused {
    core::Error error;
};

[[noreturn]] inline void refuse(const std::unexpected<core::Error>& miss) {
    throw Refused{miss.error()};
}

}  // namespace reel::store
