#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>

#include "context.hpp"
#include "json_text.hpp"
#include "task_log.hpp"

namespace reel::cli {

namespace {

struct TaskOptions {
    std::string dag_id;
    std::string task_id;
    std::string run;
    int map_index = -1;
    Format format = Format::table;
};

void add_task_list(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "list", "list the tasks of a DAG");
    auto options = std::make_shared<TaskOptions>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto listed = (*api)->get(api_path({"dags", options->dag_id, "tasks"}));
            if (!listed) return std::unexpected(listed.error());
            context.out() << render(
                listed->value("tasks", nlohmann::json::array()),
                {"task_id", "operator_name", "trigger_rule", "downstream_task_ids"},
                options->format
            );
            return 0;
        });
    });
}

void add_run_option(CLI::App& verb, TaskOptions& options) {
    add_name(verb, "run", options.run, "the run's id or logical date")->required();
}

core::Result<int> show_state(Context& context, const TaskOptions& options) {
    const auto run = find_run(context, options.dag_id, options.run);
    if (!run) return std::unexpected(run.error());
    const auto api = context.api();
    const std::string run_id = run->value("dag_run_id", "");
    const std::vector<std::string> of_task{
        "dags", options.dag_id, "dagRuns", run_id, "taskInstances", options.task_id
    };
    auto path = of_task;
    path.push_back(std::to_string(options.map_index));
    const auto task = (*api)->get(api_path(path));
    if (!task) {
        return std::unexpected(missing_instance(**api, of_task, options.map_index, task.error()));
    }
    const nlohmann::json state = task->value("state", nlohmann::json());
    context.out() << (state.is_string() ? state.get<std::string>() : "none") << "\n";
    return 0;
}

void add_task_state(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "state", "show the state of a task in a run");
    auto options = std::make_shared<TaskOptions>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    add_name(*verb, "task_id", options->task_id, "the task")->required();
    add_run_option(*verb, *options);
    verb->add_option("--map-index", options->map_index, "which of a mapped task");
    verb->callback([&context, options] {
        context.run_later([&context, options] { return show_state(context, *options); });
    });
}

/// The names of mapped instances only where some have one.
std::vector<std::string> state_columns(const nlohmann::json& tasks) {
    std::vector<std::string> columns{
        "task_id", "map_index", "state", "try_number", "start_date", "end_date", "duration"
    };
    const bool any_named = std::ranges::any_of(tasks, [](const nlohmann::json& task) {
        return task.value("rendered_map_index", nlohmann::json()).is_string();
    });
    if (any_named) columns.insert(columns.begin() + 2, "rendered_map_index");
    return columns;
}

/// The instances of each mapped task stand one behind the other, where the first of them stood.
nlohmann::json together(const nlohmann::json& tasks) {
    std::map<std::string, std::size_t> places;
    const auto place_of = [&](const nlohmann::json& task) {
        return std::pair(places.at(task.value("task_id", "")), task.value("map_index", -1));
    };
    for (const nlohmann::json& task : tasks) {
        places.emplace(task.value("task_id", ""), places.size());
    }
    std::vector<nlohmann::json> sorted(tasks.begin(), tasks.end());
    std::ranges::sort(sorted, {}, place_of);
    return sorted;
}

core::Result<int> show_states(Context& context, const TaskOptions& options) {
    const auto run = find_run(context, options.dag_id, options.run);
    if (!run) return std::unexpected(run.error());
    const auto api = context.api();
    const std::string run_id = run->value("dag_run_id", "");
    const auto tasks = (*api)->list(
        api_path({"dags", options.dag_id, "dagRuns", run_id, "taskInstances"}), "task_instances"
    );
    if (!tasks) return std::unexpected(tasks.error());
    context.out() << render(together(*tasks), state_columns(*tasks), options.format);
    return 0;
}

void add_states(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "states-for-dag-run", "show the states of all tasks in a run");
    auto options = std::make_shared<TaskOptions>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    add_run_option(*verb, *options);
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options] { return show_states(context, *options); });
    });
}

void add_logs(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "logs", "print the log of a task in a run");
    auto options = std::make_shared<LogOptions>();
    add_name(*verb, "dag_id", options->dag_id, "the DAG")->required();
    add_name(*verb, "run", options->run, "the run's id or logical date")->required();
    add_name(*verb, "task_id", options->task_id, "the task")->required();
    verb->add_option(
            "--try,--try-number", options->try_number, "which try; the latest where none is given"
    )
        ->check(CLI::PositiveNumber);
    verb->add_option("--map-index", options->map_index, "which of a mapped task");
    verb->add_flag("-f,--follow", options->follow, "go on until the task has ended");
    verb->callback([&context, options] {
        context.run_later([&context, options] { return print_log(context, *options); });
    });
}

struct TestOptions {
    TaskTestOptions wish;
    std::string date;
    std::string params;
    Format format = Format::table;
};

core::Result<TaskTestOptions> read_test(Context& context, const TestOptions& options) {
    TaskTestOptions wish = options.wish;
    if (!options.params.empty()) {
        const auto params = parse_object(options.params, "--task-params");
        if (!params) return std::unexpected(params.error());
        wish.params.text = params->dump();
    }
    const auto date = read_date(context, options.date, "LOGICAL_DATE");
    if (!date) return std::unexpected(date.error());
    wish.logical_date = *date;
    return wish;
}

core::Result<int> test_task(
    Context& context, const ServerSide& server, const TestOptions& options
) {
    const auto wish = read_test(context, options);
    if (!wish) return std::unexpected(wish.error());
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    return server.commands.tasks_test(**config, *wish);
}

core::Result<int> render_task(
    Context& context, const ServerSide& server, const TestOptions& options
) {
    const auto wish = read_test(context, options);
    if (!wish) return std::unexpected(wish.error());
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    const auto rendered = server.commands.tasks_render(**config, *wish);
    if (!rendered) return std::unexpected(rendered.error());
    const nlohmann::json arguments = nlohmann::json::parse(rendered->text, nullptr, false);
    if (options.format != Format::table) {
        context.out() << render_one(arguments, options.format);
        return 0;
    }
    for (const auto& [name, value] : arguments.items()) {
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump(2);
        context.out() << "# " << name << "\n" << text << "\n\n";
    }
    return 0;
}

std::shared_ptr<TestOptions> add_test_options(CLI::App& verb) {
    auto options = std::make_shared<TestOptions>();
    add_name(verb, "dag_id", options->wish.dag_id, "the DAG")->required();
    add_name(verb, "task_id", options->wish.task_id, "the task")->required();
    verb.add_option("logical_date", options->date, "the logical date; now where none is given");
    verb.add_option("-f,--dagfile-path", options->wish.dag_file, "the DAG's file");
    verb.add_option("-t,--task-params", options->params, "params of the DAG, a JSON object");
    verb.add_option("--map-index", options->wish.map_index, "which of a mapped task");
    return options;
}

void add_task_test(CLI::App& tasks, Context& context) {
    CLI::App* verb = add_verb(tasks, "test", "run one task here and now, without its upstreams");
    auto options = add_test_options(*verb);
    verb->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) {
            return test_task(context, server, *options);
        });
    });
}

void add_render(CLI::App& tasks, Context& context) {
    CLI::App* verb =
        add_verb(tasks, "render", "show a task's arguments with their templates filled in");
    auto options = add_test_options(*verb);
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) {
            return render_task(context, server, *options);
        });
    });
}

}  // namespace

void add_tasks(CLI::App& tasks, Context& context) {
    add_task_list(tasks, context);
    add_task_state(tasks, context);
    add_states(tasks, context);
    add_logs(tasks, context);
    add_task_test(tasks, context);
    add_render(tasks, context);
    add_tasks_by_hand(tasks, context);
}

}  // namespace reel::cli
