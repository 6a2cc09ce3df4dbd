#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"

namespace reel::cli {

namespace {

constexpr const char* hidden = "";

struct RunnerOptions {
    std::string directory;
    long long lease_seconds = 300;
};

}  // namespace

void add_servers(CLI::App& root, Context& context) {
    add_verb(root, "standalone", "run the whole of Reel here, with a Postgres of its own")
        ->callback([&context] {
            context.run_later([&context]() -> core::Result<int> {
                const auto config = context.config();
                if (!config) return std::unexpected(config.error());
                return context.world().server.standalone(**config);
            });
        });
    CLI::App* runner =
        add_verb(root, "runner", "own the processes of tasks (started by the server)");
    runner->group(hidden);
    auto options = std::make_shared<RunnerOptions>();
    runner->add_option("--directory", options->directory)->required();
    runner->add_option("--lease,--lease-seconds", options->lease_seconds);
    runner->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            return context.world().server.runner(options->directory, options->lease_seconds);
        });
    });
    CLI::App* task = root.add_subcommand("task", "what runs inside a task (started by the runner)");
    task->group(hidden);
    task->require_subcommand(1);
    add_verb(*task, "exec", "run a built-in operator")->callback([&context] {
        context.run_later([&context]() -> core::Result<int> {
            return context.world().server.task_exec();
        });
    });
}

}  // namespace reel::cli
