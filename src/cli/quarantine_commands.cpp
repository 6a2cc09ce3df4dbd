#include <CLI/CLI.hpp>

#include "context.hpp"

namespace reel::cli {

namespace {

using OnRejects = core::Result<int> (*ServerSide::*)(Context&, const QuarantineOptions&);

/// What tells which records are meant.
void add_choice(CLI::App& verb, QuarantineOptions& options) {
    add_name(verb, "--dag-id", options.dag_id, "only of this DAG");
    add_name(verb, "--run-id", options.run_id, "only of this run");
    add_name(verb, "--task-id", options.task_id, "only of this task");
    add_name(verb, "--table", options.table, "only what broke a rule of this staged table");
    add_name(verb, "--file", options.file, "only of this file, as the task names it");
    add_name(verb, "--rule", options.rule, "only what broke this rule: type, not_null, record …");
    add_name(verb, "--connection,--conn-id", options.connection, "where; warehouse by default");
    add_output(verb, options.format);
}

void add_rejects_verb(
    CLI::App& quarantine, Context& context, const char* name, const char* help, OnRejects action
) {
    CLI::App* verb = add_verb(quarantine, name, help);
    auto options = std::make_shared<QuarantineOptions>();
    add_choice(*verb, *options);
    verb->add_flag("--replayed", options->replayed, "those that a replay has brought in");
    verb->add_option("--limit", options->limit, "at most so many lines; 100 by default")
        ->check(CLI::Range(1, 1'000'000));
    verb->callback([&context, options, action] {
        context.run_in_server([&context, options, action](const ServerSide& server) {
            return (server.*action)(context, *options);
        });
    });
}

/// Records of other loads would be forced through a spec that is not theirs.
void require_load(const ReplayOptions& options) {
    if (options.are_of_dag()) return;
    if (options.spec.empty()) throw CLI::RequiredError("--dag-id or --spec");
    if (options.chosen.run_id.empty())
        throw CLI::RequiredError("--run-id (or the --dag-id of a DAG)");
}

void add_replay(CLI::App& quarantine, Context& context) {
    CLI::App* verb = add_verb(
        quarantine, "replay", "run rejected records through their load again, after a fix"
    );
    auto options = std::make_shared<ReplayOptions>();
    add_choice(*verb, options->chosen);
    add_name(
        *verb,
        "--spec",
        options->spec,
        "what `reel load` was given, or a DAG file; else the tasks of --dag-id in the DAG folder"
    )
        ->type_name("FILE");
    add_name(*verb, "--conf", options->conf, "params that differ from the DAG's, as JSON");
    verb->add_option("--columns", options->columns, "names of the cells of records without header")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_flag("--dry-run", options->dry_run, "do it all, say what came of it, take it back");
    verb->callback([&context, options] {
        require_load(*options);
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.replay_rejects(context, *options);
        });
    });
}

void add_edit(CLI::App& quarantine, Context& context) {
    CLI::App* verb = add_verb(
        quarantine, "edit", "say what a replay takes for a record; its original bytes stay"
    );
    auto options = std::make_shared<EditOptions>();
    verb->add_option("id", options->id, "as `show` gives it")->required();
    verb->add_option("record", options->text, "the whole record, as it should stand in the file")
        ->required();
    add_name(*verb, "--connection,--conn-id", options->connection, "where; warehouse by default");
    verb->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.edit_reject(context, *options);
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
    add_edit(quarantine, context);
    add_replay(quarantine, context);
}

}  // namespace reel::cli
