#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"
#include "json_text.hpp"
#include "watch.hpp"

namespace reel::cli {

namespace {

const std::vector<std::string>& backfill_columns() {
    static const std::vector<std::string> columns{
        "id",
        "dag_id",
        "from_date",
        "to_date",
        "is_paused",
        "max_active_runs",
        "reprocess_behavior",
        "created_at",
        "completed_at"
    };
    return columns;
}

struct CreateOptions {
    std::string dag_id;
    std::string from_date;
    std::string to_date;
    std::string conf;
    std::string reprocess_behavior = "none";
    int max_active_runs = 10;
    bool run_backwards = false;
    bool run_on_latest_version = true;
    bool dry_run = false;
    Format format = Format::table;
};

core::Result<nlohmann::json> create_body(Context& context, const CreateOptions& options) {
    nlohmann::json body{
        {"dag_id", options.dag_id},
        {"max_active_runs", options.max_active_runs},
        {"run_backwards", options.run_backwards},
        {"reprocess_behavior", options.reprocess_behavior},
        {"run_on_latest_version", options.run_on_latest_version}
    };
    for (const auto& [text, flag, field] :
         {std::tuple(options.from_date, "--from-date", "from_date"),
          std::tuple(options.to_date, "--to-date", "to_date")}) {
        const auto date = read_date(context, text, flag);
        if (!date) return std::unexpected(date.error());
        body[field] = core::format_api(date->value_or(core::Timestamp()));
    }
    if (!options.conf.empty()) {
        auto conf = parse_object(options.conf, "--dag-run-conf");
        if (!conf) return conf;
        body["dag_run_conf"] = std::move(*conf);
    }
    return body;
}

core::Result<int> create(Context& context, const CreateOptions& options) {
    const auto body = create_body(context, options);
    if (!body) return std::unexpected(body.error());
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    if (options.dry_run) {
        const auto dates = (*api)->post(api_path({"backfills", "dry_run"}), *body);
        if (!dates) return std::unexpected(dates.error());
        const auto listed = dates->value("backfills", nlohmann::json::array());
        context.out() << render(listed, {"logical_date"}, options.format);
        return 0;
    }
    const auto made = (*api)->post(api_path({"backfills"}), *body);
    if (!made) return std::unexpected(made.error());
    warn_if_paused(context, **api, options.dag_id);
    context.out() << render(nlohmann::json::array({*made}), backfill_columns(), options.format);
    return 0;
}

void add_create(CLI::App& backfill, Context& context) {
    CLI::App* verb = add_verb(backfill, "create", "run a DAG for the fires of a span of time");
    auto options = std::make_shared<CreateOptions>();
    add_name(*verb, "--dag-id", options->dag_id, "the DAG")->required();
    add_name(*verb, "--from-date", options->from_date, "the first date")->required();
    add_name(*verb, "--to-date", options->to_date, "the last date, included")->required();
    verb->add_option("--dag-run-conf", options->conf, "the runs' conf, a JSON object");
    verb->add_option("--max-active-runs", options->max_active_runs, "so many runs at one time")
        ->check(CLI::PositiveNumber);
    verb->add_option(
            "--reprocess-behavior",
            options->reprocess_behavior,
            "which ended runs run again: none, failed or completed"
    )
        ->check(CLI::IsMember({"none", "failed", "completed"}).description(""));
    verb->add_flag("--run-backwards", options->run_backwards, "begin with the latest date");
    verb->add_flag(
        "--run-on-latest-version,!--no-run-on-latest-version",
        options->run_on_latest_version,
        "runs are of the DAG's latest version, which is what they always are"
    );
    verb->add_flag("--dry-run", options->dry_run, "only list the logical dates it would run");
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options] { return create(context, *options); });
    });
}

struct OneOption {
    std::string name;
    Format format = Format::table;
};

void add_backfill_list(CLI::App& backfill, Context& context) {
    CLI::App* verb = add_verb(backfill, "list", "list the backfills of a DAG");
    auto options = std::make_shared<OneOption>();
    add_name(*verb, "dag_id", options->name, "the DAG")->required();
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto listed =
                (*api)->list(api_path({"backfills"}), "backfills", {{"dag_id", options->name}});
            if (!listed) return std::unexpected(listed.error());
            context.out() << render(*listed, backfill_columns(), options->format);
            return 0;
        });
    });
}

void add_change(CLI::App& backfill, Context& context, const std::string& name, const char* help) {
    CLI::App* verb = add_verb(backfill, name, help);
    auto options = std::make_shared<OneOption>();
    add_name(*verb, "backfill_id", options->name, "the backfill's id")->required();
    add_output(*verb, options->format);
    verb->callback([&context, options, name] {
        context.run_later([&context, options, name]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto done = (*api)->put(api_path({"backfills", options->name, name}));
            if (!done) return std::unexpected(done.error());
            context.out(
            ) << render(nlohmann::json::array({*done}), backfill_columns(), options->format);
            return 0;
        });
    });
}

}  // namespace

void add_backfill(CLI::App& backfill, Context& context) {
    add_create(backfill, context);
    add_backfill_list(backfill, context);
    add_change(backfill, context, "pause", "begin no further runs of a backfill");
    add_change(backfill, context, "unpause", "go on with a paused backfill");
    add_change(
        backfill, context, "cancel", "complete a backfill at once; runs that have begun go on"
    );
}

}  // namespace reel::cli
