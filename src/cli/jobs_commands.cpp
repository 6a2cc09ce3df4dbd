#include <CLI/CLI.hpp>

#include "context.hpp"

namespace reel::cli {

void add_jobs(CLI::App& jobs, Context& context) {
    CLI::App* check = add_verb(jobs, "check", "see whether a scheduler is alive; exit 1 if not");
    auto options = std::make_shared<JobsOptions>();
    check->add_option("--job-type", options->job_type, "only SchedulerJob is known")
        ->check(CLI::IsMember({"SchedulerJob"}).description(""));
    check->add_option("--hostname", options->hostname, "the one that leads must be on this host");
    check->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.check_jobs(context, *options);
        });
    });
}

}  // namespace reel::cli
