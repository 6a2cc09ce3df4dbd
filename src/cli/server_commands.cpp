#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"

namespace reel::cli {

namespace {

constexpr const char* hidden = "";

void add_worker(CLI::App& root, Context& context) {
    CLI::App* verb = add_verb(root, "worker", "run tasks of a scheduler that is elsewhere");
    auto options = std::make_shared<WorkerCommandOptions>();
    verb->add_option("-q,--queues", options->queues, "queues to take tasks from (worker.queues)")
        ->delimiter(',')
        ->check([](const std::string& queue) {
            return queue.find_first_not_of(" \t") == std::string::npos ? "a queue has no name" : "";
        });
    verb->add_option(
            "-c,--concurrency", options->concurrency, "tasks at one time (worker.concurrency)"
    )
        ->check(CLI::Range(1, 1 << 20));
    verb->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) -> core::Result<int> {
            const auto config = context.config();
            if (!config) return std::unexpected(config.error());
            return server.commands.worker(**config, *options);
        });
    });
}

using Program = std::function<int(const config::Config&)> ServerCommands::*;

void add_program(
    CLI::App& root, Context& context, const char* name, const char* help, Program program
) {
    add_verb(root, name, help)->callback([&context, program] {
        context.run_in_server([&context, program](const ServerSide& server) -> core::Result<int> {
            const auto config = context.config();
            if (!config) return std::unexpected(config.error());
            return (server.commands.*program)(**config);
        });
    });
}

}  // namespace

void add_servers(CLI::App& root, Context& context) {
    add_program(
        root,
        context,
        "standalone",
        "run the whole of Reel here, with a Postgres of its own",
        &ServerCommands::standalone
    );
    add_program(
        root,
        context,
        "scheduler",
        "run the scheduler alone, or stand by for one, on REEL__DATABASE__URL",
        &ServerCommands::scheduler
    );
    add_program(
        root,
        context,
        "api-server",
        "run an API server alone, for schedulers elsewhere, on REEL__DATABASE__URL",
        &ServerCommands::api_server
    );
    add_worker(root, context);
    CLI::App* task = root.add_subcommand("task", "what runs inside a task (started by the runner)");
    task->group(hidden);
    task->require_subcommand(1);
    add_verb(*task, "exec", "run a built-in operator")->callback([&context] {
        context.run_in_server([](const ServerSide& server) -> core::Result<int> {
            return server.commands.task_exec();
        });
    });
}

}  // namespace reel::cli
