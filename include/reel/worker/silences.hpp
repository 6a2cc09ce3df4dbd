#pragma once

#include "reel/core/time.hpp"

namespace reel::worker {

/// How long who may be silent, so that an attempt is never given to somebody else while its process
/// may live.
struct Silences {
    /// Of a worker's claims, by the database's clock.
    core::Duration lease{};
    /// A worker that could not renew its claims for that long ends its processes.
    core::Duration worker{};
    /// A runner that did not hear of its worker for that long ends its processes.
    core::Duration runner{};
    core::Duration renew_every{};
};

/// From scheduler.task_instance_heartbeat_timeout. A worker may die just before it would have given
/// up, and its runner waits from then on: together they are shorter than the lease.
[[nodiscard]] Silences silences_of(core::Duration timeout);

}  // namespace reel::worker
