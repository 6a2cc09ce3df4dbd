#include <fmt/format.h>

#include <iostream>

#include "cli/server/actions.hpp"
#include "reel/store/run_store.hpp"

namespace reel::cli {

/// Asks the database alone: the answer is worth most while nothing else answers.
core::Result<int> check_jobs(Context& context, const JobsOptions& options) {
    const auto uri = database_uri(context, "metadata");
    if (!uri) return std::unexpected(uri.error());
    const store::LeaseRecord lease = store::make_postgres_store(*uri)->read_lease();
    const store::LeaseHolder& holder = lease.holder;
    if (!lease.is_held()) {
        return core::fail(
            core::Errc::not_found,
            "no scheduler is alive",
            lease.epoch == 0 ? "none has led yet: start `reel standalone` or `reel scheduler`"
                             : fmt::format(
                                   "the last one was pid {} on {}, heard of at {}",
                                   holder.pid,
                                   holder.hostname,
                                   core::format_api(lease.renewed_at)
                               )
        );
    }
    if (!options.hostname.empty() && options.hostname != holder.hostname) {
        return core::fail(
            core::Errc::not_found,
            fmt::format("no scheduler of {} is alive that leads", options.hostname),
            fmt::format("the one that leads is on {}", holder.hostname)
        );
    }
    context.out() << fmt::format(
        "a scheduler is alive: pid {} on {} leads, heard of at {}\n",
        holder.pid,
        holder.hostname,
        core::format_api(lease.renewed_at)
    );
    return 0;
}

}  // namespace reel::cli
