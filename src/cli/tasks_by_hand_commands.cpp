// What people do to the tasks of a run: clear, mark; and why a task does not run.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <regex>

#include "context.hpp"

namespace reel::cli {

namespace {

const std::vector<std::string> columns{"dag_run_id", "task_id", "map_index", "state", "try_number"};

struct ClearOptions {
    std::string dag_id;
    std::string pattern;
    std::string run;
    std::string start;
    std::string end;
    bool upstream = false;
    bool downstream = false;
    bool past = false;
    bool future = false;
    bool only_failed = false;
    bool only_running = false;
    bool dry_run = false;
    bool yes = false;
    Format format = Format::table;
};

/// The tasks whose ids the regular expression is found in, as in Airflow.
core::Result<nlohmann::json> matching_tasks(ApiClient& api, const ClearOptions& options) {
    std::regex pattern;
    try {
        pattern = std::regex(options.pattern);
    } catch (const std::regex_error& error) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}' is no regular expression: {}", options.pattern, error.what())
        );
    }
    const auto listed = api.get(api_path({"dags", options.dag_id, "tasks"}));
    if (!listed) return std::unexpected(listed.error());
    nlohmann::json names = nlohmann::json::array();
    for (const auto& task : listed->value("tasks", nlohmann::json::array())) {
        const auto name = task.value("task_id", "");
        if (std::regex_search(name, pattern)) names.push_back(name);
    }
    if (!names.empty()) return names;
    return core::fail(
        core::Errc::not_found,
        fmt::format("no task of DAG '{}' matches '{}'", options.dag_id, options.pattern),
        fmt::format("`reel tasks list {}` lists them", options.dag_id)
    );
}

core::Result<nlohmann::json> clear_body(Context& context, const ClearOptions& options) {
    nlohmann::json body{
        {"include_upstream", options.upstream},
        {"include_downstream", options.downstream},
        {"include_past", options.past},
        {"include_future", options.future},
        {"only_failed", options.only_failed},
        {"only_running", options.only_running},
    };
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    if (!options.pattern.empty()) {
        const auto names = matching_tasks(**api, options);
        if (!names) return names;
        body["task_ids"] = *names;
    }
    if (!options.run.empty()) {
        const auto run = find_run(context, options.dag_id, options.run);
        if (!run) return run;
        body["dag_run_id"] = run->at("dag_run_id");
    }
    for (const auto& [name, text] :
         {std::pair("start_date", options.start), std::pair("end_date", options.end)}) {
        const auto date = read_date(context, text, name);
        if (!date) return std::unexpected(date.error());
        if (*date) body[name] = core::format_api(**date);
    }
    return body;
}

core::Result<int> clear_tasks(Context& context, const ClearOptions& options) {
    auto body = clear_body(context, options);
    if (!body) return std::unexpected(body.error());
    const auto api = context.api();
    const auto path = api_path({"dags", options.dag_id, "clearTaskInstances"});
    (*body)["dry_run"] = true;
    const auto meant = (*api)->post(path, *body);
    if (!meant) return std::unexpected(meant.error());
    const auto tasks = meant->value("task_instances", nlohmann::json::array());
    if (options.dry_run || tasks.empty() || !options.yes) {
        context.out() << render(tasks, columns, options.format);
    }
    if (options.dry_run || tasks.empty()) return 0;
    if (!options.yes) {
        const auto sure = context.confirm(fmt::format("clear these {}?", tasks.size()));
        if (!sure) return std::unexpected(sure.error());
        if (!*sure) return 1;
    }
    (*body)["dry_run"] = false;
    const auto cleared = (*api)->post(path, *body);
    if (!cleared) return std::unexpected(cleared.error());
    const int count = cleared->value("total_entries", 0);
    context.err() << fmt::format("cleared {} task instance{}\n", count, count == 1 ? "" : "s");
    return 0;
}

void add_clear(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "clear", "let tasks begin anew, and their runs with them");
    auto options = std::make_shared<ClearOptions>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    verb->add_option("-t,--task-regex", options->pattern, "the tasks; all where none is given");
    verb->add_option("--run-id", options->run, "the run's id or logical date; all runs without it");
    verb->add_option("-s,--start-date", options->start, "runs from this date on");
    verb->add_option("-e,--end-date", options->end, "runs up to this date");
    verb->add_flag("-u,--upstream", options->upstream, "and everything before them");
    verb->add_flag("-d,--downstream", options->downstream, "and everything behind them");
    verb->add_flag("--past", options->past, "and the same tasks of earlier runs");
    verb->add_flag("--future", options->future, "and the same tasks of later runs");
    verb->add_flag("-f,--only-failed", options->only_failed, "only those that failed");
    verb->add_flag("-r,--only-running", options->only_running, "only those that run");
    verb->add_flag("-n,--dry-run", options->dry_run, "show what would be cleared");
    verb->add_flag("-y,--yes", options->yes, "do not ask");
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options] { return clear_tasks(context, *options); });
    });
}

struct TaskOfRun {
    std::string dag_id;
    std::string run;
    std::string task_id;
    std::optional<int> map_index;
    std::string state;
    std::string note;
    Format format = Format::table;
};

std::shared_ptr<TaskOfRun> add_task_of_run(CLI::App& verb) {
    auto options = std::make_shared<TaskOfRun>();
    add_name(verb, "dag_id", options->dag_id, "the DAG")->required();
    add_name(verb, "run", options->run, "the run's id or logical date")->required();
    add_name(verb, "task_id", options->task_id, "the task")->required();
    verb.add_option("--map-index", options->map_index, "which of a mapped task");
    add_output(verb, options->format);
    return options;
}

core::Result<std::vector<std::string>> path_of(Context& context, const TaskOfRun& options) {
    const auto run = find_run(context, options.dag_id, options.run);
    if (!run) return std::unexpected(run.error());
    std::vector<std::string> parts{
        "dags",
        options.dag_id,
        "dagRuns",
        run->value("dag_run_id", ""),
        "taskInstances",
        options.task_id
    };
    if (options.map_index) parts.push_back(std::to_string(*options.map_index));
    return parts;
}

core::Result<int> mark_task(Context& context, const TaskOfRun& options) {
    const auto parts = path_of(context, options);
    if (!parts) return std::unexpected(parts.error());
    const auto api = context.api();
    const auto marked = (*api)->patch(api_path(*parts), {{"new_state", options.state}});
    if (!marked) return std::unexpected(marked.error());
    context.out(
    ) << render(marked->value("task_instances", nlohmann::json::array()), columns, options.format);
    return 0;
}

core::Result<int> note_task(Context& context, const TaskOfRun& options) {
    const auto parts = path_of(context, options);
    if (!parts) return std::unexpected(parts.error());
    const auto api = context.api();
    const auto noted = (*api)->patch(api_path(*parts), {{"note", options.note}});
    if (!noted) return std::unexpected(noted.error());
    auto shown = columns;
    shown.emplace_back("note");
    context.out(
    ) << render(noted->value("task_instances", nlohmann::json::array()), shown, options.format);
    return 0;
}

void add_task_note(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "note", "write a note on a task of a run");
    auto options = add_task_of_run(*verb);
    verb->add_option("note", options->note, "the note; \"\" takes it away")->required();
    verb->callback([&context, options] {
        context.run_later([&context, options] { return note_task(context, *options); });
    });
}

void add_task_mark(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "mark", "mark a task of a run success, failed or skipped");
    auto options = add_task_of_run(*verb);
    verb->add_option("state", options->state, "success, failed or skipped")
        ->required()
        ->check(CLI::IsMember({"success", "failed", "skipped"}));
    verb->callback([&context, options] {
        context.run_later([&context, options] { return mark_task(context, *options); });
    });
}

core::Result<int> explain_task(Context& context, const TaskOfRun& options) {
    auto parts = path_of(context, options);
    if (!parts) return std::unexpected(parts.error());
    parts->emplace_back("dependencies");
    const auto api = context.api();
    const auto found = (*api)->get(api_path(*parts));
    if (!found) return std::unexpected(found.error());
    context.out() << render(
        found->value("dependencies", nlohmann::json::array()), {"name", "reason"}, options.format
    );
    return 0;
}

void add_why(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "why", "say what a task waits for, every condition in words");
    auto options = add_task_of_run(*verb);
    verb->callback([&context, options] {
        context.run_later([&context, options] { return explain_task(context, *options); });
    });
}

}  // namespace

void add_tasks_by_hand(CLI::App& tasks, Context& context) {
    add_clear(tasks, context);
    add_task_mark(tasks, context);
    add_task_note(tasks, context);
    add_why(tasks, context);
}

}  // namespace reel::cli
