#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>

#include "daemon/tenure.hpp"
#include "reel/scheduler/scheduler.hpp"
#include "simulation/scheduler/world_executor.hpp"

namespace reel::scheduler {

/// A term of leadership and all that exists only in it.
struct WorldTerm {
    WorldTerm(store::Epoch number, daemon::Tenure time) : epoch(number), tenure(time) {}
    ~WorldTerm() { end(); }
    WorldTerm(const WorldTerm&) = delete;
    WorldTerm& operator=(const WorldTerm&) = delete;
    /// What is left undone is never done: its coroutines are dropped where they stand.
    void end() {
        scheduler.reset();
        io.reset();
        executor.reset();
    }

    store::Epoch epoch;
    daemon::Tenure tenure;
    std::unique_ptr<boost::asio::io_context> io;
    std::unique_ptr<WorldExecutor> executor;
    std::unique_ptr<Scheduler> scheduler;
    bool has_crashed = false;
    bool is_lost = false;     ///< a write was fenced, or the lease ran out
    bool is_reading = false;  ///< the DAG folder
    int changes_read = -1;    ///< of it
};

/// A scheduler program: it leads, or stands by, or is stopped in the middle of either.
struct WorldProgram {
    int home = 0;             ///< whose runner it has
    std::int64_t pid = 0;     ///< another one in each life
    core::Timestamp asks_at;  ///< for the lease, while it stands by
    std::unique_ptr<WorldTerm> term;
};

}  // namespace reel::scheduler
