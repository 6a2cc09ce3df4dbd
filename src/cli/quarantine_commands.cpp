#include <CLI/CLI.hpp>

#include "context.hpp"

namespace reel::cli {

namespace {

using OnRejects = core::Result<int> (*ServerSide::*)(Context&, const QuarantineOptions&);

void add_rejects_verb(
    CLI::App& quarantine, Context& context, const char* name, const char* help, OnRejects action
) {
    CLI::App* verb = add_verb(quarantine, name, help);
    auto options = std::make_shared<QuarantineOptions>();
    add_name(*verb, "--dag-id", options->dag_id, "only of this DAG");
    add_name(*verb, "--run-id", options->run_id, "only of this run");
    add_name(*verb, "--task-id", options->task_id, "only of this task");
    add_name(*verb, "--table", options->table, "only what broke a rule of this staged table");
    add_name(*verb, "--file", options->file, "only of this file, as the task names it");
    verb->add_option("--limit", options->limit, "at most so many lines; 100 by default")
        ->check(CLI::Range(1, 1'000'000));
    add_name(*verb, "--connection,--conn-id", options->connection, "where; warehouse by default");
    add_output(*verb, options->format);
    verb->callback([&context, options, action] {
        context.run_in_server([&context, options, action](const ServerSide& server) {
            return (server.*action)(context, *options);
        });
    });
}

}  // namespace

void add_quarantine(CLI::App& quarantine, Context& context) {
    add_rejects_verb(
        quarantine,
        context,
        "list",
        "count the rejected records of each load, with their reasons",
        &ServerSide::list_rejects
    );
    add_rejects_verb(
        quarantine,
        context,
        "show",
        "show rejected records: where, why and as they stand in the file",
        &ServerSide::show_rejects
    );
}

}  // namespace reel::cli
