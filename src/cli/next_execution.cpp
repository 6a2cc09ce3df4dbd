#include "next_execution.hpp"

#include <iostream>

#include "reel/core/schedule.hpp"

namespace reel::cli {

namespace {

/// The schedule that a summary stands for; nothing for those that never fire by the clock.
core::Schedule schedule_of(const std::string& summary) {
    if (summary.empty() || summary == "None") return core::NoSchedule{};
    if (summary == "@once") return core::OnceSchedule{};
    if (core::validate_cron(summary)) return core::CronSchedule{core::expand_preset(summary)};
    const auto every = core::parse_duration(summary);
    if (every) return core::DeltaSchedule{*every};
    return core::NoSchedule{};
}

}  // namespace

core::Result<int> next_execution(
    Context& context, const std::string& dag_id, int count, Format format
) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto dag = (*api)->get(api_path({"dags", dag_id, "details"}));
    if (!dag) return std::unexpected(dag.error());
    const nlohmann::json& first = (*dag)["next_dagrun_run_after"];
    nlohmann::json dates = nlohmann::json::array();
    if (first.is_string()) {
        auto at = core::parse_timestamp(first.get<std::string>());
        const auto schedule =
            schedule_of(cell_text(dag->value("timetable_summary", nlohmann::json())));
        const std::string zone = dag->value("timezone", "UTC");
        for (int i = 0; at && i < count; ++i) {
            dates.push_back({{"dag_id", dag_id}, {"run_after", core::format_api(*at)}});
            const auto next = core::next_fire(schedule, zone, *at, *at);
            if (!next) break;
            at = *next;
        }
    }
    if (dag->value("is_paused", false)) {
        context.err() << "the DAG is paused: its runs wait until `reel dags unpause " << dag_id
                      << "`\n";
    }
    if (dates.empty()) context.err() << "no run of " << dag_id << " is due by schedule\n";
    if (format != Format::table) {
        context.out() << render(dates, {"run_after"}, format);
        return 0;
    }
    for (const nlohmann::json& each : dates) {
        context.out() << each["run_after"].get<std::string>() << "\n";
    }
    return 0;
}

}  // namespace reel::cli
