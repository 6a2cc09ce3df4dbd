#include "task_log.hpp"

#include <algorithm>
#include <iostream>

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

core::Result<int> latest_try(ApiClient& api, std::vector<std::string> path, int map_index) {
    path.push_back(std::to_string(map_index));
    const auto task = api.get(api_path(path));
    if (!task) return std::unexpected(task.error());
    return std::max(task->value("try_number", 1), 1);
}

}  // namespace

core::Result<int> print_log(Context& context, const LogOptions& options) {
    const auto run = find_run(context, options.dag_id, options.run);
    if (!run) return std::unexpected(run.error());
    const auto api = context.api();
    std::vector<std::string> path = instance_path(options, run->value("dag_run_id", ""));
    int number = options.try_number;
    if (number == 0) {
        const auto latest = latest_try(**api, path, options.map_index);
        if (!latest) return std::unexpected(latest.error());
        number = *latest;
    }
    path.insert(path.end(), {"logs", std::to_string(number)});
    std::string token = "0";
    while (true) {
        const auto page = (*api)->get(
            api_path(path), {{"token", token}, {"map_index", std::to_string(options.map_index)}}
        );
        if (!page) return std::unexpected(page.error());
        const nlohmann::json content = page->value("content", nlohmann::json::array());
        print_lines(context.out(), content);
        const nlohmann::json next = page->value("continuation_token", nlohmann::json());
        if (!next.is_string()) return 0;
        const bool moved = next.get<std::string>() != token;
        token = next.get<std::string>();
        if (moved) continue;
        if (!options.follow || context.world().pause(poll_interval)) return 0;
    }
}

}  // namespace reel::cli
