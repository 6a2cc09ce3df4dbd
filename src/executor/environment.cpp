#include "environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "context.hpp"

namespace reel::executor {

namespace {

constexpr std::array<std::string_view, 7> own_prefixes{
    "REEL__",
    "REEL_CONN_",
    "REEL_VAR_",
    "AIRFLOW__",
    "AIRFLOW_CONN_",
    "AIRFLOW_VAR_",
    "AIRFLOW_CTX_",
};

constexpr std::array<std::string_view, 8> always_inherited{
    "HOME",
    "LANG",
    "LC_ALL",
    "LOGNAME",
    "PATH",
    "TMPDIR",
    "TZ",
    "USER",
};

bool is_private(std::string_view name) {
    return name == "REEL_DATA_DIR" ||
           std::ranges::any_of(own_prefixes, [&](std::string_view prefix) {
               return name.starts_with(prefix);
           });
}

}  // namespace

config::Environment inherited_environment(const config::Environment& environment) {
    config::Environment kept;
    for (const auto& [name, value] : environment) {
        if (!is_private(name)) {
            kept.emplace(name, value);
        }
    }
    return kept;
}

InheritedEnvironment::InheritedEnvironment(const config::Environment& environment)
    : variables_(inherited_environment(environment)),
      list_(std::make_shared<const std::vector<std::string>>(environment_list(variables_))) {}

config::Environment attempt_environment(const scheduler::AttemptOrder& order) {
    const std::string date = core::format_iso(template_date(order.run));
    return {
        {"AIRFLOW_CTX_DAG_ID", order.key.dag_id.str()},
        {"AIRFLOW_CTX_TASK_ID", order.key.task_id.str()},
        {"AIRFLOW_CTX_DAG_RUN_ID", order.key.run_id.str()},
        {"AIRFLOW_CTX_LOGICAL_DATE", date},
        {"AIRFLOW_CTX_EXECUTION_DATE", date},
        {"AIRFLOW_CTX_TRY_NUMBER", fmt::format("{}", order.try_number)},
        {"AIRFLOW_CTX_DAG_OWNER", order.task().owner},
    };
}

core::Result<std::optional<config::Environment>> bash_environment(
    const config::Environment& inherited, const Json& args
) {
    const auto env = args.find("env");
    if (env == args.end() || env->is_null()) {
        return std::nullopt;
    }
    if (!env->is_object()) {
        return core::fail(core::Errc::invalid_argument, "'env' must be a map of names and values");
    }
    const bool append = args.contains("append_env") && args["append_env"] == Json(true);
    config::Environment result;
    for (const auto& [name, value] : inherited) {
        if (append || std::ranges::find(always_inherited, name) != always_inherited.end()) {
            result.emplace(name, value);
        }
    }
    for (const auto& [name, value] : env->items()) {
        if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("'{}' cannot be the name of an environment variable", name)
            );
        }
        std::string text = value.is_string() ? value.get<std::string>() : dump(value);
        if (text.find('\0') != std::string::npos) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("the value of environment variable '{}' holds a NUL", name)
            );
        }
        result[name] = std::move(text);
    }
    return result;
}

std::vector<std::string> environment_list(const config::Environment& environment) {
    std::vector<std::string> list;
    list.reserve(environment.size());
    for (const auto& [name, value] : environment) {
        list.push_back(fmt::format("{}={}", name, value));
    }
    return list;
}

}  // namespace reel::executor
