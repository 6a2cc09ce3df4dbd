#include "context.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "server_start.hpp"

namespace reel::cli {

namespace {

/// A server that listens everywhere is reached here.
std::string reachable(const std::string& host) {
    if (host == "0.0.0.0") return "127.0.0.1";
    if (host == "::") return "::1";
    return host;
}

}  // namespace

core::Result<const config::Config*> Context::config() {
    if (!config_) {
        auto loaded = config::Config::load(world_.environment);
        if (!loaded) return std::unexpected(loaded.error());
        config_ = std::move(*loaded);
    }
    return &*config_;
}

void Context::run_in_server(ServerAction action) {
    run_later([this, action = std::move(action)]() -> core::Result<int> {
        if (world_.server) return action(*world_.server);
        return std::unexpected(world_.hand_over());
    });
}

core::Result<Address> Context::address() {
    const auto found = world_.environment.find("REEL_API_URL");
    if (found != world_.environment.end() && !found->second.empty()) {
        return parse_address(found->second);
    }
    const auto settings = config();
    if (!settings) return std::unexpected(settings.error());
    return Address{
        .host = reachable((*settings)->text("api", "host")),
        .port = std::to_string((*settings)->integer("api", "port"))
    };
}

std::string Context::token(const config::Config& settings) const {
    const auto found = world_.environment.find("REEL_API_TOKEN");
    if (found != world_.environment.end() && !found->second.empty()) return found->second;
    std::ifstream file(settings.home() / "run" / "token");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    text.resize(text.find_last_not_of(" \r\n") + 1);
    return text;
}

bool Context::wait_on(int moment, const std::string& what) {
    constexpr core::Duration pause = std::chrono::milliseconds(20);
    constexpr core::Duration patience = std::chrono::seconds(30);
    constexpr core::Duration unnoticed = std::chrono::seconds(1);
    if (moment * pause == unnoticed) world_.err << what << "\n" << std::flush;
    return moment * pause < patience && !world_.pause(pause);
}

core::Result<void> Context::await_start(const config::Config& settings) {
    const auto elsewhere = world_.environment.find("REEL_API_URL");
    if (elsewhere != world_.environment.end() && !elsewhere->second.empty()) return {};
    for (int moment = 0; is_starting(settings.home(), world_.processes); ++moment) {
        if (!wait_on(moment, "the Reel server is starting; waiting for it")) {
            return core::fail(
                core::Errc::unavailable,
                "the Reel server is still starting",
                "its log says what it waits for",
                settings.home().string()
            );
        }
    }
    return {};
}

core::Result<ApiClient*> Context::api() {
    if (api_) return api_.get();
    const auto settings = config();
    if (!settings) return std::unexpected(settings.error());
    if (auto started = await_start(**settings); !started) return std::unexpected(started.error());
    const auto where = address();
    if (!where) return std::unexpected(where.error());
    const config::Config& known = **settings;
    api_ = std::make_unique<ApiClient>(
        world_.connect(*where),
        *where,
        [this, &known] { return token(known); },
        [this](int moment) {
            return wait_on(moment, "no scheduler leads at present; waiting for one");
        }
    );
    return api_.get();
}

core::Result<bool> Context::confirm(const std::string& question) {
    if (!world_.in_is_terminal) {
        return core::fail(
            core::Errc::invalid_argument, "this asks for a confirmation", "add -y to say yes"
        );
    }
    world_.err << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(world_.in, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

CLI::Option* add_name(
    CLI::App& verb, const std::string& name, std::string& into, const std::string& help
) {
    const auto complaint = [](const std::string& text) {
        return text.empty() ? std::string("must not be empty") : std::string();
    };
    return verb.add_option(name, into, help)->check(complaint);
}

CLI::App* add_verb(CLI::App& group, const std::string& name, const std::string& help) {
    return group.add_subcommand(name, help);
}

void add_output(CLI::App& verb, Format& format) {
    const std::map<std::string, Format> words{
        {"table", Format::table},
        {"json", Format::json},
        {"yaml", Format::yaml},
        {"plain", Format::plain},
    };
    verb.add_option("-o,--output", format, "how to print: table, json, yaml or plain")
        ->transform(CLI::CheckedTransformer(words, CLI::ignore_case).description(""))
        ->type_name("FORMAT");
}

core::Result<std::optional<core::Timestamp>> read_date(
    Context& context, const std::string& text, const std::string& what
) {
    if (text.empty()) return std::optional<core::Timestamp>();
    const auto settings = context.config();
    if (!settings) return std::unexpected(settings.error());
    const auto at = core::parse_timestamp(text, (*settings)->text("core", "default_timezone"));
    if (at) return std::optional(*at);
    return core::fail(
        core::Errc::invalid_argument,
        what + ": " + at.error().message,
        "write it as 2026-01-31 or 2026-01-31T07:00:00+00:00"
    );
}

namespace {

/// Behind a run that is not there may be a DAG that is not, or a task that stands in its place.
core::Error missing_run(
    ApiClient& api, const std::string& dag_id, const std::string& run, core::Error error
) {
    const auto tasks = api.get(api_path({"dags", dag_id, "tasks"}));
    if (!tasks && tasks.error().code == core::Errc::not_found) return tasks.error();
    error.hint = "`reel dags list-runs " + dag_id + "` lists its runs";
    const auto list = tasks ? tasks->value("tasks", nlohmann::json::array()) : nlohmann::json();
    const bool is_task = std::ranges::any_of(list, [&](const nlohmann::json& task) {
        return task.value("task_id", "") == run;
    });
    if (is_task) {
        error.hint = "'" + run +
                     "' is a task of the DAG: `tasks state` takes DAG TASK RUN, all "
                     "others take DAG RUN TASK";
    }
    return error;
}

}  // namespace

core::Result<nlohmann::json> find_run(
    Context& context, const std::string& dag_id, const std::string& run
) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    auto found = (*api)->get(api_path({"dags", dag_id, "dagRuns", run}));
    if (found || found.error().code != core::Errc::not_found) return found;
    const auto settings = context.config();
    if (!settings) return std::unexpected(settings.error());
    const auto at = core::parse_timestamp(run, (*settings)->text("core", "default_timezone"));
    if (at) {
        const std::string date = core::format_api(*at);
        auto listed = (*api)->list(
            api_path({"dags", dag_id, "dagRuns"}),
            "dag_runs",
            {{"logical_date_gte", date}, {"logical_date_lte", date}},
            1
        );
        if (!listed) return listed;
        if (!listed->empty()) return listed->front();
    }
    return std::unexpected(missing_run(**api, dag_id, run, found.error()));
}

}  // namespace reel::cli
