#include "process_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "branching.hpp"
#include "callable.hpp"
#include "context.hpp"
#include "dag_files.hpp"
#include "environment.hpp"
#include "json.hpp"
#include "python_wrapper.hpp"
#include "render.hpp"
#include "run_paths.hpp"
#include "source_files.hpp"
#include "task_spec.hpp"

namespace reel::executor {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 5> database_operators{
    "sql", "branch.sql", "stage", "upsert", "quality"
};

/// What the preparation of one attempt works with.
struct Preparation {
    const scheduler::AttemptOrder& order;
    store::RunStore& store;
    const ExecutorOptions& options;
    const InheritedEnvironment& inherited;
    Connections& connections;
    SecretMask& mask;
    RenderedTask task;
    runner::ProcessSpec process;
};

std::string default_shell() {
    std::error_code ignored;
    return fs::exists("/bin/bash", ignored) ? "/bin/bash" : "/bin/sh";
}

fs::path data_directory(const Preparation& work) {
    return run_directory(work.options.data, work.order.key.dag_id, work.order.key.run_id);
}

/// What is of the process alone; `given` is the task's own `env`.
config::Environment own_environment(const Preparation& work, config::Environment given = {}) {
    config::Environment own = attempt_environment(work.order);
    own.merge(given);
    own.emplace("REEL_DATA_DIR", data_directory(work).string());
    return own;
}

std::string working_directory(const Preparation& work) {
    const std::string cwd = text_of(work.task.args, "cwd");
    return cwd.empty() ? cwd : (dag_directory(*work.order.dag) / cwd).lexically_normal().string();
}

/// A list or map of the arguments, itself or as the JSON text that a template gave; `fallback`
/// stands for a missing one and says which of both it must be.
core::Result<Json> structured(const Preparation& work, const std::string& name, Json fallback) {
    const Json given = work.task.args.value(name, Json());
    if (given.is_null()) {
        return fallback;
    }
    Json value = given.is_string() ? Json::parse(given.get<std::string>(), nullptr, false) : given;
    if (value.type() != fallback.type()) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}' must be a {}", name, fallback.is_array() ? "list" : "map"),
            given.is_string() ? "end its expression with | tojson, or use +task_id" : "",
            work.order.key.task_id.str()
        );
    }
    return value;
}

/// The script goes over a descriptor and not behind `-c`: it may hold a password, and everyone can
/// read an argv.
core::Result<void> prepare_bash(Preparation& work) {
    const std::string command = text_of(work.task.args, "bash_command");
    if (command.empty()) {
        return std::unexpected(missing_argument(work.order.key.task_id, "bash_command"));
    }
    const auto own = structured(work, "env", Json::object());
    if (!own) {
        return std::unexpected(own.error());
    }
    Json args = work.task.args;
    if (args.contains("env") && !args["env"].is_null()) {
        args["env"] = *own;
    }
    auto given = bash_environment(work.inherited.variables(), args);
    if (!given) {
        return std::unexpected(given.error());
    }
    if (!*given) {
        work.process.common_environment = work.inherited.list();
    }
    const auto environment = own_environment(work, given->value_or(config::Environment()));
    work.process.argv = {text_of(work.task.args, "shell", default_shell()), "/dev/fd/3"};
    work.process.input = command + "\n";
    work.process.environment = environment_list(environment);
    work.process.working_directory = working_directory(work);
    return {};
}

core::Result<void> prepare_python(Preparation& work) {
    const auto callable = find_callable(*work.order.dag, work.task.args, work.order.key.task_id);
    const auto op_args = structured(work, "op_args", Json::array());
    const auto op_kwargs = structured(work, "op_kwargs", Json::object());
    const auto templates = structured(work, "templates_dict", Json::object());
    if (!callable) {
        return std::unexpected(callable.error());
    }
    for (const auto* argument : {&op_args, &op_kwargs, &templates}) {
        if (!*argument) {
            return std::unexpected(argument->error());
        }
    }
    Json folders = Json::array();
    for (const fs::path& folder : search_path(*work.order.dag)) {
        folders.push_back(folder.string());
    }
    work.process.input = dump(Json{
        {"file", callable->file},
        {"module", callable->module},
        {"callable", callable->name},
        {"op_args", *op_args},
        {"op_kwargs", *op_kwargs},
        {"templates_dict", *templates},
        {"context", template_context(work.order)},
        {"sys_path", std::move(folders)},
        {"do_xcom_push", work.order.task().do_xcom_push},
    });
    work.process.argv = {"python3", "-c", std::string(python_wrapper())};
    work.process.environment = environment_list(own_environment(work));
    work.process.common_environment = work.inherited.list();
    work.process.working_directory = working_directory(work);
    return {};
}

bool needs_database(const std::string& operator_name) {
    return std::ranges::find(database_operators, operator_name) != database_operators.end();
}

core::Result<void> prepare_built_in(Preparation& work) {
    TaskSpec spec{
        .operator_name = work.order.task().operator_name,
        .args = work.task.args,
        .uri = {},
        .identity =
            {.key = work.order.key,
             .try_number = work.order.try_number,
             .attempt = work.order.attempt},
        .data_dir = data_directory(work),
        .cache_dir = work.options.data / "cache",
        .dag_dir = dag_directory(*work.order.dag),
        .staged = {},
        .secrets = {},
    };
    if (spec.operator_name == "download") {
        resolve_source(*work.order.dag, spec.args);
    }
    if (spec.operator_name == "quality") {
        resolve_check_files(*work.order.dag, spec.args);
    }
    if (spec.operator_name == "branch.sql") {
        // Whom it follows is decided here, by the rows that it gives.
        spec.operator_name = "sql";
        spec.args = Json{{"sql", work.task.args.value("sql", Json())}};
    }
    if (needs_database(spec.operator_name)) {
        auto uri = work.connections.database_uri(work.task.connection_id);
        if (!uri) {
            return std::unexpected(uri.error());
        }
        spec.uri = *std::move(uri);
    }
    if (spec.operator_name == "upsert" || spec.operator_name == "quality") {
        auto staged = staged_for_task(work.order, spec.args, work.store);
        if (!staged) {
            return std::unexpected(staged.error());
        }
        spec.staged = *std::move(staged);
    }
    spec.secrets = work.mask.secrets();
    work.process.argv = {work.options.program.string(), "task", "exec"};
    work.process.common_environment = work.inherited.list();
    work.process.input = to_json(spec);
    return {};
}

/// $REEL_DATA_DIR is there before a task that may use it, which has no other way of knowing whether
/// it is the first. One that does not use it does not fail for the want of it.
void make_data_directory(const Preparation& work) {
    std::error_code ignored;
    fs::create_directories(data_directory(work), ignored);
}

core::Result<void> prepare_operator(Preparation& work) {
    const std::string& name = work.order.task().operator_name;
    if (name == "bash" || calls_python(name)) {
        make_data_directory(work);
    }
    if (name == "bash") {
        return prepare_bash(work);
    }
    if (calls_python(name)) {
        return prepare_python(work);
    }
    if (name == "download" || needs_database(name)) {
        return prepare_built_in(work);
    }
    return core::fail(
        core::Errc::unsupported,
        fmt::format("the operator '{}' cannot be run", name),
        "`reel dags validate` lists the operators",
        work.order.key.task_id.str()
    );
}

}  // namespace

core::Result<runner::ProcessSpec> prepare_process(
    const scheduler::AttemptOrder& order,
    store::RunStore& store,
    const ExecutorOptions& options,
    const InheritedEnvironment& inherited,
    SecretMask& mask
) {
    Connections connections(options.environment, store, options.default_warehouse_uri, mask);
    auto rendered = render_arguments(order, store, connections);
    if (!rendered) {
        return std::unexpected(rendered.error());
    }
    Preparation work{
        .order = order,
        .store = store,
        .options = options,
        .inherited = inherited,
        .connections = connections,
        .mask = mask,
        .task = *std::move(rendered),
        .process = {},
    };
    const auto prepared = prepare_operator(work);
    if (!prepared) {
        return std::unexpected(prepared.error());
    }
    work.process.attempt = order.attempt;
    work.process.log_file = log_path(options.logs, order.key, order.try_number);
    work.process.timeout = order.task().execution_timeout;
    return std::move(work.process);
}

}  // namespace reel::executor
