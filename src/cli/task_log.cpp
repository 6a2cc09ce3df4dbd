#include "task_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <utility>

#include "reel/core/states.hpp"

namespace reel::cli {

namespace {

constexpr std::chrono::milliseconds poll_interval{300};

void print_lines(std::ostream& out, const nlohmann::json& content) {
    for (const nlohmann::json& line : content) {
        const nlohmann::json at = line.value("timestamp", nlohmann::json());
        if (at.is_string()) out << at.get<std::string>() << " ";
        out << line.value("event", "") << "\n";
    }
    out << std::flush;
}

/// "…/taskInstances/extract/-1".
std::vector<std::string> instance_path(const LogOptions& options, const std::string& run_id) {
    return {"dags", options.dag_id, "dagRuns", run_id, "taskInstances", options.task_id};
}

/// A task instance as the log of it needs to know it.
struct Followed {
    int try_number = 1;
    bool ended = false;
};

core::Result<Followed> look_at(
    ApiClient& api, const std::vector<std::string>& of_task, int map_index
) {
    std::vector<std::string> path = of_task;
    path.push_back(std::to_string(map_index));
    const auto task = api.get(api_path(path));
    if (!task) return std::unexpected(missing_instance(api, of_task, map_index, task.error()));
    const nlohmann::json word = task->value("state", nlohmann::json());
    const auto state =
        word.is_string() ? core::parse_task_state(word.get<std::string>()) : std::nullopt;
    return Followed{
        .try_number = std::max(task->value("try_number", 1), 1),
        .ended = state && core::is_finished(*state)
    };
}

/// Prints one try, to its end where it is followed. False when Ctrl-C came first.
core::Result<bool> print_try(
    Context& context, const LogOptions& options, std::vector<std::string> path, int number
) {
    const auto api = context.api();
    path.insert(path.end(), {"logs", std::to_string(number)});
    std::string token = "0";
    while (true) {
        const auto page = (*api)->get(
            api_path(path), {{"token", token}, {"map_index", std::to_string(options.map_index)}}
        );
        if (!page) return std::unexpected(page.error());
        print_lines(context.out(), page->value("content", nlohmann::json::array()));
        const nlohmann::json next = page->value("continuation_token", nlohmann::json());
        if (!next.is_string()) return true;
        const bool moved = next.get<std::string>() != token;
        token = next.get<std::string>();
        if (moved) continue;
        if (!options.follow) return true;
        if (context.world().pause(poll_interval)) return false;
    }
}

}  // namespace

core::Error missing_instance(
    ApiClient& api, std::vector<std::string> path, int map_index, core::Error error
) {
    if (map_index >= 0 || error.code != core::Errc::not_found) return error;
    const std::string task_id = std::exchange(path.back(), {});
    path.pop_back();
    const auto listed = api.list(api_path(path), "task_instances");
    const auto all = listed.value_or(nlohmann::json::array());
    const auto count = std::ranges::count_if(all, [&](const nlohmann::json& task) {
        return task.value("task_id", "") == task_id;
    });
    if (count > 0) {
        error.hint = fmt::format("it is mapped: say which with --map-index 0 to {}", count - 1);
    }
    return error;
}

core::Result<int> print_log(Context& context, const LogOptions& options) {
    const auto run = find_run(context, options.dag_id, options.run);
    if (!run) return std::unexpected(run.error());
    const auto api = context.api();
    const auto path = instance_path(options, run->value("dag_run_id", ""));
    int printed = 0;
    while (true) {
        Followed task{.try_number = options.try_number, .ended = true};
        if (options.try_number == 0) {
            const auto looked = look_at(**api, path, options.map_index);
            if (!looked) return std::unexpected(looked.error());
            task = *looked;
        }
        // A task that is followed is seen through every try from the present one on.
        if (printed != 0 && printed < task.try_number) task.try_number = printed + 1;
        if (printed != task.try_number) {
            const auto whole = print_try(context, options, path, task.try_number);
            if (!whole) return std::unexpected(whole.error());
            if (!*whole || !options.follow) return 0;
            printed = task.try_number;
            if (options.try_number == 0) continue;
        }
        if (task.ended || context.world().pause(poll_interval)) return 0;
    }
}

}  // namespace reel::cli
