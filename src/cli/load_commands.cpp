#include <CLI/CLI.hpp>

#include "context.hpp"

namespace reel::cli {

namespace {

void add_file(CLI::App& verb, LoadOptions& options) {
    verb.add_option("file", options.file, "the file; the spec's where none is given")
        ->type_name("FILE");
}

/// What a spec would say of the source.
void add_dialect(CLI::App& verb, LoadOptions& options) {
    verb.add_option(
        "--format", options.source_format, "csv, tsv, jsonl or json; by the file's name as a rule"
    );
    verb.add_option("--encoding", options.encoding, "UTF-8 as a rule; latin1, cp1252, utf-16 …");
    verb.add_option("--delimiter", options.delimiter, "between cells: one character, or tab");
    verb.add_option("--quote", options.quote, "around cells: one character, or none");
    verb.add_flag("--no-header", options.no_header, "the first line is a record");
}

/// What a spec would say of the table.
void add_target(CLI::App& verb, LoadOptions& options) {
    add_name(verb, "--table", options.table, "load into this one (schema.table)");
    verb.add_option("--key", options.key, "its columns, separated by commas")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb.add_option("--mode", options.mode, "upsert (with a key), append, replace or scd2");
    verb.add_option("--rejects", options.rejects, "how many bad records are borne: 12, or 1%");
}

void add_memory(CLI::App& verb, LoadOptions& options) {
    verb.add_option(
            "--memory-limit", options.memory_limit, "most memory that it may take, such as 100MB"
    )
        ->type_name("SIZE");
}

void add_loading(CLI::App& verb, LoadOptions& options) {
    add_file(verb, options);
    add_target(verb, options);
    add_dialect(verb, options);
    add_memory(verb, options);
    add_name(verb, "--spec", options.spec, "a spec as `load infer` writes it; else one is made")
        ->type_name("FILE");
    add_name(verb, "--connection,--conn-id", options.connection, "where to; warehouse by default");
    add_output(verb, options.format);
}

/// What the line lacks; CLI11 cannot say that it is one of two.
void require_source(const LoadOptions& options) {
    if (options.file.empty() && options.spec.empty()) throw CLI::RequiredError("FILE or --spec");
    if (options.spec.empty() && options.table.empty()) throw CLI::RequiredError("--table");
}

void add_infer(CLI::App& load, Context& context) {
    CLI::App* verb = add_verb(
        load, "infer", "read a whole file and print the spec that loads it, with evidence"
    );
    auto options = std::make_shared<LoadOptions>();
    add_file(*verb, *options);
    verb->get_option("file")->required();
    add_target(*verb, *options);
    add_dialect(*verb, *options);
    add_memory(*verb, *options);
    add_output(*verb, options->format);
    verb->get_option("--output")
        ->description("print the evidence alone: table, json, yaml or plain");
    verb->callback([&context, options, verb] {
        options->wants_evidence = verb->get_option("--output")->count() > 0;
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.infer(context, *options);
        });
    });
}

void add_explain(CLI::App& load, Context& context) {
    CLI::App* verb =
        add_verb(load, "explain", "print what a load would do and why, and change nothing");
    auto options = std::make_shared<LoadOptions>();
    add_loading(*verb, *options);
    verb->callback([&context, options] {
        require_source(*options);
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.explain(context, *options);
        });
    });
}

}  // namespace

void add_load(CLI::App& load, Context& context) {
    load.require_subcommand(0, 1);
    add_infer(load, context);
    add_explain(load, context);
    auto options = std::make_shared<LoadOptions>();
    add_loading(load, *options);
    load.callback([&context, options, &load] {
        // The group's own callback comes behind that of a verb.
        if (!load.get_subcommands().empty()) return;
        require_source(*options);
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.load(context, *options);
        });
    });
}

}  // namespace reel::cli
