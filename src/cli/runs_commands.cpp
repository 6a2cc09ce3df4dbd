#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"
#include "json_text.hpp"
#include "watch.hpp"

namespace reel::cli {

namespace {

const std::vector<std::string>& run_columns() {
    static const std::vector<std::string> columns{
        "dag_id",
        "dag_run_id",
        "run_type",
        "state",
        "run_after",
        "logical_date",
        "start_date",
        "end_date"
    };
    return columns;
}

struct TriggerOptions {
    std::string dag_id;
    std::string conf;
    std::string run_id;
    std::string date;
    std::string note;
    bool wait = false;
    Format format = Format::table;
};

core::Result<nlohmann::json> trigger_body(Context& context, const TriggerOptions& options) {
    nlohmann::json body{{"logical_date", nullptr}};
    if (!options.conf.empty()) {
        auto conf = parse_object(options.conf, "--conf");
        if (!conf) return conf;
        body["conf"] = std::move(*conf);
    }
    const auto date = read_date(context, options.date, "--logical-date");
    if (!date) return std::unexpected(date.error());
    if (*date) body["logical_date"] = core::format_api(**date);
    if (!options.run_id.empty()) body["dag_run_id"] = options.run_id;
    if (!options.note.empty()) body["note"] = options.note;
    return body;
}

core::Result<int> trigger(Context& context, const TriggerOptions& options, bool format_given) {
    const auto body = trigger_body(context, options);
    if (!body) return std::unexpected(body.error());
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    auto run = (*api)->post(api_path({"dags", options.dag_id, "dagRuns"}), *body);
    if (!run) return std::unexpected(run.error());
    if (!options.wait) {
        warn_if_paused(context, **api, options.dag_id);
        context.out() << render(nlohmann::json::array({*run}), run_columns(), options.format);
        return 0;
    }
    const WatchOptions watch{
        .dag_id = options.dag_id, .run_id = run->value("dag_run_id", ""), .on_stderr = format_given
    };
    const auto ended = watch_run(context, watch);
    if (!ended) return std::unexpected(ended.error());
    const std::string state = ended->value("state", "");
    if (format_given) {
        context.out() << render(
            nlohmann::json::array({state == "detached" ? *run : *ended}),
            run_columns(),
            options.format
        );
    }
    return state == "failed" ? 1 : 0;
}

void add_trigger(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "trigger", "start a run of a DAG");
    auto options = std::make_shared<TriggerOptions>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    verb->add_option("-c,--conf", options->conf, "the run's conf, a JSON object");
    verb->add_option("-r,--run-id", options->run_id, "the run's id; made up where none is given");
    verb->add_option("-l,--logical-date,-e,--exec-date", options->date, "the run's logical date");
    verb->add_option("--note", options->note, "a note that the run shows");
    verb->add_flag(
        "-w,--wait", options->wait, "show its progress until it ends; status 1 when it fails"
    );
    add_output(*verb, options->format);
    verb->callback([&context, options, verb] {
        const bool format_given = verb->count("--output") > 0;
        context.run_later([&context, options, format_given] {
            return trigger(context, *options, format_given);
        });
    });
}

struct ListOptions {
    std::string dag_id;
    std::vector<std::string> states;
    std::string start;
    std::string end;
    std::size_t limit = 100;
    bool no_backfill = false;
    Format format = Format::table;
};

core::Result<int> list_runs(Context& context, const ListOptions& options) {
    Query query{{"order_by", "-run_after"}};
    for (const std::string& state : options.states) {
        query.emplace_back("state", state);
    }
    if (options.no_backfill) {
        for (const char* type :
             {"scheduled", "manual", "asset_triggered", "asset_materialization"}) {
            query.emplace_back("run_type", type);
        }
    }
    for (const auto& [text, name, field] :
         {std::tuple(options.start, "--start-date", "run_after_gte"),
          std::tuple(options.end, "--end-date", "run_after_lte")}) {
        const auto date = read_date(context, text, name);
        if (!date) return std::unexpected(date.error());
        if (*date) query.emplace_back(field, core::format_api(**date));
    }
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const std::string dag_id = options.dag_id.empty() ? "~" : options.dag_id;
    // "~" stands for all DAGs and is the same encoded or not.
    const auto runs =
        (*api)->list(api_path({"dags", dag_id, "dagRuns"}), "dag_runs", query, options.limit);
    if (!runs) return std::unexpected(runs.error());
    context.out() << render(*runs, run_columns(), options.format);
    return 0;
}

void add_list_runs(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "list-runs", "list the runs of a DAG, the newest first");
    auto options = std::make_shared<ListOptions>();
    add_name(*verb, "dag_id,-d,--dag-id", options->dag_id, "the DAG; all where none is given");
    verb->add_option("--state", options->states, "only runs in these states")
        ->check(CLI::IsMember({"queued", "running", "success", "failed"}).description(""))
        ->delimiter(',');
    verb->add_option("-s,--start-date", options->start, "only runs due at this date or later");
    verb->add_option("-e,--end-date", options->end, "only runs due at this date or earlier");
    verb->add_flag("--no-backfill", options->no_backfill, "no runs of backfills");
    verb->add_option("--limit", options->limit, "at most so many")->check(CLI::PositiveNumber);
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options] { return list_runs(context, *options); });
    });
}

struct StateOptions {
    std::string dag_id;
    std::string run;
};

struct PatchOptions {
    std::string dag_id;
    std::string run;
    std::string word;  ///< the state or the note
    Format format = Format::table;
};

core::Result<int> patch_run(
    Context& context, const PatchOptions& options, const std::string& field
) {
    const auto run = find_run(context, options.dag_id, options.run);
    if (!run) return std::unexpected(run.error());
    const auto api = context.api();
    const auto path = api_path({"dags", options.dag_id, "dagRuns", run->value("dag_run_id", "")});
    const auto patched = (*api)->patch(path, {{field, options.word}});
    if (!patched) return std::unexpected(patched.error());
    auto columns = run_columns();
    if (field == "note") columns.insert(columns.begin() + 4, "note");
    context.out() << render(nlohmann::json::array({*patched}), columns, options.format);
    return 0;
}

std::shared_ptr<PatchOptions> add_patch(CLI::App& verb, Context& context, const char* field) {
    auto options = std::make_shared<PatchOptions>();
    add_name(verb, "dag_id", options->dag_id, "the DAG")->required();
    add_name(verb, "run", options->run, "the run's id or logical date")->required();
    add_output(verb, options->format);
    verb.callback([&context, options, field] {
        context.run_later([&context, options, field] { return patch_run(context, *options, field); }
        );
    });
    return options;
}

void add_mark(CLI::App& dags, Context& context) {
    CLI::App* verb =
        add_verb(dags, "mark", "mark a run failed (what runs of it is ended), success or queued");
    auto options = add_patch(*verb, context, "state");
    add_name(*verb, "state", options->word, "failed, success, or queued: it begins anew")
        ->required()
        ->check(CLI::IsMember({"failed", "success", "queued"}).description(""));
}

void add_note(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "note", "write a note on a run");
    auto options = add_patch(*verb, context, "note");
    verb->add_option("note", options->word, "the note; \"\" takes it away")->required();
}

void add_state(CLI::App& dags, Context& context) {
    CLI::App* verb = add_verb(dags, "state", "show the state of a run");
    auto options = std::make_shared<StateOptions>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    add_name(*verb, "run", options->run, "the run's id or logical date")->required();
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto run = find_run(context, options->dag_id, options->run);
            if (!run) return std::unexpected(run.error());
            context.out() << run->value("state", "") << "\n";
            return 0;
        });
    });
}

}  // namespace

void add_runs(CLI::App& dags, Context& context) {
    add_trigger(dags, context);
    add_list_runs(dags, context);
    add_state(dags, context);
    add_mark(dags, context);
    add_note(dags, context);
}

}  // namespace reel::cli
