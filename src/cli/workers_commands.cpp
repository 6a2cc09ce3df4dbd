#include <CLI/CLI.hpp>

#include "context.hpp"

namespace reel::cli {

namespace {

const std::vector<std::string> columns{
    "worker_id", "hostname", "pid", "state", "queues", "running", "concurrency", "heartbeat"
};

}  // namespace

void add_workers(CLI::App& workers, Context& context) {
    CLI::App* verb = add_verb(workers, "list", "list the workers and what they have in hand");
    auto format = std::make_shared<Format>(Format::table);
    add_output(*verb, *format);
    verb->callback([&context, format] {
        context.run_later([&context, format]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto listed = (*api)->list("/api/reel/v1/workers", "workers");
            if (!listed) return std::unexpected(listed.error());
            context.out() << render(*listed, columns, *format);
            return 0;
        });
    });
}

}  // namespace reel::cli
