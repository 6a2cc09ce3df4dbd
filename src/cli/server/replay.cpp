#include "reel/warehouse/replay.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <ranges>

#include "cli/server/actions.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/templating/render.hpp"

namespace reel::cli {

namespace {

using Json = nlohmann::ordered_json;

/// A replay has neither run nor store: what a template asks of them is not there.
class ReplayLookups final : public templating::Lookups {
  public:
    explicit ReplayLookups(std::string stage_task) : stage_task_(std::move(stage_task)) {}

    core::Result<std::optional<std::string>> variable(const std::string&) override {
        return std::nullopt;
    }
    core::Result<std::optional<core::JsonText>> connection(const std::string&) override {
        return std::nullopt;
    }
    core::Result<std::optional<core::JsonText>>
    xcom(const std::string& task_id, const std::string&, std::optional<int>) override {
        return core::fail(
            core::Errc::not_found,
            fmt::format("what '{}' pushed is not known in a replay", task_id),
            "a replay has no run: write the value itself into a copy of the spec"
        );
    }
    core::Result<std::optional<std::string>> staged(const std::string& reference) override {
        const auto prefix = stage_task_ + ".";
        if (!reference.starts_with(prefix)) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("'{}' is not staged by '{}'", reference, stage_task_),
                "a replay has the tables of one stage task"
            );
        }
        return warehouse::replay_relation(reference.substr(prefix.size()));
    }

  private:
    std::string stage_task_;
};

struct Plan {
    warehouse::LoadPlan load;
    Json params = Json::object();
};

/// Upstream tasks first: a table that others refer to is filled before them.
void add_with_upstream(
    const core::Dag& dag, std::uint32_t index, std::vector<bool>& added, Json& tasks
) {
    if (added[index]) return;
    added[index] = true;
    const auto& task = dag.tasks[index];
    for (const auto upstream : task.upstream) add_with_upstream(dag, upstream, added, tasks);
    Json one = {{"task_id", task.task_id.str()}, {"operator", task.operator_name}};
    one.update(Json::parse(task.args.text));
    tasks.push_back(std::move(one));
}

Json tasks_of(const core::Dag& dag) {
    Json tasks = Json::array();
    std::vector<bool> added(dag.tasks.size(), false);
    for (std::uint32_t i = 0; i < dag.tasks.size(); ++i) add_with_upstream(dag, i, added, tasks);
    return tasks;
}

Json defaults_of(const core::Dag& dag) {
    Json params = Json::object();
    const auto declared = Json::parse(dag.params.text, nullptr, false);
    if (!declared.is_object()) return params;
    for (const auto& [name, param] : declared.items()) {
        const bool is_schema = param.is_object() && param.contains("default");
        params[name] = is_schema ? param.at("default") : param;
    }
    return params;
}

core::Result<Plan> plan_of_dag(Context& context, const QuarantineOptions& chosen) {
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    const auto folder = (*config)->path("core", "dags_folder");
    for (const auto& [name, file] :
         dagfile::load_dag_folder(folder, dagfile::load_options(**config))) {
        const auto dag = std::ranges::find(file->dags, chosen.dag_id, [](const core::Dag& of_file) {
            return of_file.dag_id.str();
        });
        if (dag == file->dags.end()) continue;
        auto load = warehouse::parse_replay_spec({tasks_of(*dag).dump()}, chosen.task_id);
        if (!load) {
            if (load.error().where.empty()) load.error().where = name;
            return std::unexpected(load.error());
        }
        return Plan{*std::move(load), defaults_of(*dag)};
    }
    return core::fail(
        core::Errc::not_found,
        fmt::format("there is no DAG '{}' without a mistake", chosen.dag_id),
        "--spec names the file where it is elsewhere; `reel dags validate` tells mistakes",
        folder.string()
    );
}

core::Result<Plan> plan_of_replay(Context& context, const ReplayOptions& options) {
    if (options.spec.empty()) return plan_of_dag(context, options.chosen);
    // Of several stage tasks --task-id names one; a load by hand had but one, under another name.
    auto load = warehouse::read_replay_spec(options.spec, "");
    if (!load && !options.chosen.task_id.empty()) {
        load = warehouse::read_replay_spec(options.spec, options.chosen.task_id);
    }
    if (!load) return std::unexpected(load.error());
    return Plan{*std::move(load)};
}

core::Result<void> add_conf(const std::string& conf, Json& params) {
    if (conf.empty()) return {};
    const auto given = Json::parse(conf, nullptr, false);
    if (!given.is_object()) {
        return core::fail(core::Errc::invalid_argument, "--conf: a JSON object was expected");
    }
    params.update(given);
    return {};
}

/// The arguments as the tasks would get them, as far as that is known without a run.
core::Result<void> render_plan(Plan& plan) {
    const core::JsonText variables{Json{{"params", plan.params}}.dump()};
    ReplayLookups lookups(plan.load.stage_task);
    const auto render = [&](core::JsonText& args, const std::string& name) -> core::Result<void> {
        auto rendered = templating::render_json(args, name, variables, lookups);
        if (!rendered) {
            rendered.error().hint += rendered.error().hint.empty() ? "" : "; ";
            rendered.error().hint += "a replay knows params and staged() only";
            return std::unexpected(rendered.error());
        }
        args = *std::move(rendered);
        return {};
    };
    if (auto done = render(plan.load.stage, plan.load.stage_task); !done) return done;
    for (auto& upsert : plan.load.upserts) {
        if (auto done = render(upsert, "upsert"); !done) return done;
    }
    return {};
}

warehouse::OperationContext replay_context(Context& context, const std::string& uri) {
    const auto run = "replay__" + core::format_iso(context.world().clock.now());
    return {
        .uri = uri,
        .identity =
            {{core::DagId("reel-quarantine"), core::RunId(run), core::TaskId("replay"), -1}, 1, 1},
        .data_dir = std::filesystem::current_path(),
        .dag_dir = std::filesystem::current_path(),
        .staged = {},
        .log = [&context](const std::string& line) { context.err() << line << "\n"
                                                                   << std::flush; }
    };
}

warehouse::ReplayWishes wishes_of(const ReplayOptions& options, const std::string& stage_task) {
    const auto& chosen = options.chosen;
    return {
        .filter =
            {.dag_id = chosen.dag_id,
             .run_id = chosen.run_id,
             .task_id = options.are_of_dag() ? stage_task : chosen.task_id,
             .table = chosen.table,
             .file = chosen.file,
             .rule = chosen.rule},
        .columns = options.columns,
        .dry_run = options.dry_run
    };
}

}  // namespace

core::Result<int> replay_rejects(Context& context, const ReplayOptions& options) {
    const auto uri = connection_uri(context, options.chosen.connection);
    if (!uri) return std::unexpected(uri.error());
    auto plan = plan_of_replay(context, options);
    if (!plan) return std::unexpected(plan.error());
    if (auto added = add_conf(options.conf, plan->params); !added) {
        return std::unexpected(added.error());
    }
    if (auto rendered = render_plan(*plan); !rendered) return std::unexpected(rendered.error());
    const auto report = warehouse::replay(
        plan->load, wishes_of(options, plan->load.stage_task), replay_context(context, *uri)
    );
    if (!report) return std::unexpected(report.error());
    const auto rows = nlohmann::json::parse(report->text);
    context.out() << render(
        rows,
        {"table",
         "records",
         "replayed",
         "kept",
         "read",
         "rejected",
         "duplicates",
         "staged",
         "inserted",
         "updated",
         "unchanged"},
        options.chosen.format
    );
    if (options.dry_run) context.err() << "dry run: nothing was changed\n";
    return 0;
}

}  // namespace reel::cli
