#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "context.hpp"
#include "dag_picture.hpp"
#include "json_text.hpp"
#include "next_execution.hpp"

namespace reel::cli {

namespace {

struct ListOptions {
    Format format = Format::table;
    std::vector<std::string> columns{"dag_id", "fileloc", "owners", "is_paused"};
    std::vector<std::string> tags;
};

core::Result<int> list_dags(Context& context, const ListOptions& options) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    Query query;
    for (const std::string& tag : options.tags) query.emplace_back("tags", tag);
    // JSON and YAML show every field.
    const bool shows_columns = options.format == Format::table || options.format == Format::plain;
    if (shows_columns) {
        for (const std::string& column : options.columns) query.emplace_back("fields", column);
    }
    const auto listed = (*api)->list(api_path({"dags"}), "dags", query);
    if (!listed) return std::unexpected(listed.error());
    context.out() << render(*listed, options.columns, options.format);
    return 0;
}

void add_dag_list(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "list", "list the DAGs");
    auto options = std::make_shared<ListOptions>();
    add_output(*verb, options->format);
    verb->add_option("--columns", options->columns, "fields to show, separated by commas")
        ->delimiter(',');
    verb->add_option("--tags", options->tags, "only DAGs with one of these tags")->delimiter(',');
    verb->callback([&context, options] {
        context.run_later([&context, options] { return list_dags(context, *options); });
    });
}

struct OneDag {
    std::string dag_id;
    Format format = Format::table;
    std::string save;
    bool yes = false;
};

std::shared_ptr<OneDag> add_dag_id(CLI::App& verb) {
    auto options = std::make_shared<OneDag>();
    add_name(verb, "dag_id", options->dag_id, "the DAG")->required();
    return options;
}

void add_dag_details(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "details", "show everything about a DAG");
    auto options = add_dag_id(*verb);
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto dag = (*api)->get(api_path({"dags", options->dag_id, "details"}));
            if (!dag) return std::unexpected(dag.error());
            context.out() << render_one(*dag, options->format);
            return 0;
        });
    });
}

core::Result<int> show(Context& context, const OneDag& options) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto all = (*api)->get(api_path({"dags", options.dag_id, "tasks"}));
    if (!all) return std::unexpected(all.error());
    const nlohmann::json list = all->value("tasks", nlohmann::json::array());
    if (options.save.empty()) {
        context.out() << draw_tree(options.dag_id, list);
        return 0;
    }
    if (!options.save.ends_with(".dot")) {
        return core::fail(
            core::Errc::unsupported,
            "a DAG can be saved as .dot only: " + options.save,
            "Graphviz makes a picture of it: dot -Tpng -O FILE.dot"
        );
    }
    std::ofstream file(options.save);
    file << draw_dot(options.dag_id, list) << std::flush;
    if (!file) return core::fail(core::Errc::unavailable, "cannot write " + options.save);
    context.err() << "saved " << options.save << "\n";
    return 0;
}

void add_show(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "show", "draw the tasks of a DAG and their dependencies");
    auto options = add_dag_id(*verb);
    verb->add_option("-s,--save", options->save, "write a Graphviz file (FILE.dot) instead");
    verb->callback([&context, options] {
        context.run_later([&context, options] { return show(context, *options); });
    });
}

void add_pause(CLI::App& dags, Context& context, bool pause) {
    CLI::App* verb = add_verb(
        dags,
        pause ? "pause" : "unpause",
        pause ? "start no more runs of a DAG" : "let the runs of a DAG start"
    );
    auto options = add_dag_id(*verb);
    add_output(*verb, options->format);
    verb->add_flag("-y,--yes", options->yes, "accepted, nothing is asked");
    verb->callback([&context, options, pause] {
        context.run_later([&context, options, pause]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto dag =
                (*api)->patch(api_path({"dags", options->dag_id}), {{"is_paused", pause}});
            if (!dag) return std::unexpected(dag.error());
            context.out(
            ) << render(nlohmann::json::array({*dag}), {"dag_id", "is_paused"}, options->format);
            return 0;
        });
    });
}

core::Result<int> delete_dag(Context& context, const OneDag& options) {
    if (!options.yes) {
        const auto sure = context.confirm(fmt::format(
            "Delete everything kept about {}: its runs, logs of states and values?", options.dag_id
        ));
        if (!sure) return std::unexpected(sure.error());
        if (!*sure) return core::fail(core::Errc::conflict, "nothing was deleted");
    }
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto done = (*api)->remove(api_path({"dags", options.dag_id}));
    if (!done) return std::unexpected(done.error());
    context.out() << "deleted " << options.dag_id << "\n";
    return 0;
}

void add_dag_delete(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "delete", "forget a DAG and its runs (not its file)");
    auto options = add_dag_id(*verb);
    verb->add_flag("-y,--yes", options->yes, "do not ask");
    verb->callback([&context, options] {
        context.run_later([&context, options] { return delete_dag(context, *options); });
    });
}

void add_import_errors(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "list-import-errors", "list the DAG files with mistakes");
    auto options = std::make_shared<OneDag>();
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto errors = (*api)->list(api_path({"importErrors"}), "import_errors");
            if (!errors) return std::unexpected(errors.error());
            context.out(
            ) << render(*errors, {"filename", "timestamp", "stack_trace"}, options->format);
            return 0;
        });
    });
}

void add_next_execution(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "next-execution", "show when a DAG is due next");
    auto options = std::make_shared<NextExecution>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    verb->add_option("-n,--num-executions", options->count, "how many")->check(CLI::Range(1, 1000));
    verb->add_option("--field", options->field, "what to print of each run; run_after by default")
        ->check(CLI::IsMember(next_execution_fields()));
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options] { return next_execution(context, *options); });
    });
}

void add_validate(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "validate", "check DAG files, without a server");
    auto options = std::make_shared<ValidateOptions>();
    verb->add_option(
        "path", options->paths, "files and folders; the DAG folder where none is given"
    );
    verb->add_option_function<std::string>(
            "-o,--output",
            [options](const std::string& word) {
                options->format = word == "json"    ? Format::json
                                  : word == "yaml"  ? Format::yaml
                                  : word == "table" ? Format::table
                                                    : Format::plain;
            },
            "how to print: plain (for people), table, json or yaml"
    )
        ->check(CLI::IsMember({"table", "json", "yaml", "plain"}).description(""))
        ->type_name("FORMAT");
    verb->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.validate(context, *options);
        });
    });
}

struct TestOptions {
    DagTestOptions wish;
    std::string date;
    std::string conf;
    bool use_executor = false;
};

core::Result<int> test_dag(Context& context, const ServerSide& server, TestOptions& options) {
    if (!options.conf.empty()) {
        const auto conf = parse_object(options.conf, "--conf");
        if (!conf) return std::unexpected(conf.error());
        options.wish.conf.text = conf->dump();
    }
    const auto date = read_date(context, options.date, "LOGICAL_DATE");
    if (!date) return std::unexpected(date.error());
    options.wish.logical_date = *date;
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    return server.commands.dags_test(**config, options.wish);
}

void add_dag_test(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "test", "run a whole DAG here and now, without a server");
    auto options = std::make_shared<TestOptions>();
    add_name(*verb, "dag_id", options->wish.dag_id, "the DAG")->required();
    verb->add_option(
        "logical_date", options->date, "the run's logical date; now where none is given"
    );
    verb->add_option("-f,--dagfile-path", options->wish.dag_file, "the DAG's file");
    verb->add_option("-c,--conf", options->conf, "the run's conf, a JSON object");
    verb->add_option(
        "--mark-success-pattern",
        options->wish.mark_success_pattern,
        "tasks that match it succeed without being run: sensors, for instance"
    );
    verb->add_flag(
        "--use-executor",
        options->use_executor,
        "accepted: tasks are processes of a runner in any case"
    );
    verb->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) {
            return test_dag(context, server, *options);
        });
    });
}

}  // namespace

void add_dags(CLI::App& dags, Context& context) {
    add_dag_list(dags, context);
    add_dag_details(dags, context);
    add_show(dags, context);
    add_validate(dags, context);
    add_dag_test(dags, context);
    add_runs(dags, context);
    add_pause(dags, context, true);
    add_pause(dags, context, false);
    add_dag_delete(dags, context);
    add_import_errors(dags, context);
    add_next_execution(dags, context);
    add_versions(dags, context);
}

}  // namespace reel::cli
