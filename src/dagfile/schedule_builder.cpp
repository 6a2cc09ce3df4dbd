#include "schedule_builder.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "params.hpp"
#include "reel/core/schedule.hpp"
#include "schedule_reader.hpp"

namespace reel::dagfile {
namespace {

bool is_periodic(const core::Schedule& schedule) {
    return std::holds_alternative<core::CronSchedule>(schedule) ||
           std::holds_alternative<core::DeltaSchedule>(schedule) ||
           std::holds_alternative<core::CalendarSchedule>(schedule);
}

core::IntervalRule default_intervals(const core::Schedule& schedule, const LoadOptions& options) {
    if (std::holds_alternative<core::CronSchedule>(schedule)) {
        return {.between_fires = options.create_cron_data_intervals};
    }
    return {.between_fires = is_periodic(schedule) && options.create_delta_data_intervals};
}

core::DstPolicy read_dst(const Node* node) {
    core::DstPolicy policy;
    if (node == nullptr) {
        return policy;
    }
    if (const Node* gap = node->find_value("gap")) {
        policy.gap = gap->text == "skip" ? core::GapRule::skip : core::GapRule::shift;
    }
    if (const Node* overlap = node->find_value("overlap")) {
        policy.overlap = overlap->text == "first"  ? core::OverlapRule::first
                         : overlap->text == "both" ? core::OverlapRule::both
                                                   : core::OverlapRule::last;
    }
    return policy;
}

void read_form(const Node& description, const LoadOptions& options, core::Dag& dag) {
    const Node* node = description.find_value("schedule");
    if (node == nullptr) {
        return;
    }
    // Its mistakes were told when the whole DAG was checked.
    Diagnostics told;
    const DateContext context{.timezone = dag.timezone, .now = options.now};
    ScheduleForm form = read_schedule(*node, context, {}, told);
    dag.schedule = std::move(form.schedule);
    dag.asset_condition = std::move(form.assets);
    dag.intervals = form.intervals.value_or(default_intervals(dag.schedule, options));
    dag.run_immediately = form.run_immediately;
}

void check_catchup(const Node& description, const core::Dag& dag, Diagnostics& diagnostics) {
    const bool is_scheduled = !std::holds_alternative<core::NoSchedule>(dag.schedule);
    const Node* args = description.find_value("default_args");
    const bool has_start = description.find_value("start_date") != nullptr ||
                           (args != nullptr && args->find_value("start_date") != nullptr);
    if (!dag.catchup || !is_scheduled || has_start) {
        return;
    }
    const Entry* own = description.find_entry("catchup");
    diagnostics.add(
        own != nullptr ? own->at : description.find_entry("schedule")->at,
        "catchup needs a start_date",
        own != nullptr ? "without one nobody knows which runs were missed"
                       : "scheduler.catchup_by_default is on: give one, or say catchup: false"
    );
}

void check_only_one_run(const Node& description, core::Dag& dag, Diagnostics& diagnostics) {
    if (!std::holds_alternative<core::ContinuousSchedule>(dag.schedule)) {
        return;
    }
    const Entry* own = description.find_entry("max_active_runs");
    if (own != nullptr && !own->value.is_null() && dag.max_active_runs > 1) {
        diagnostics.add(
            own->at,
            fmt::format("@continuous has one run at a time, not {}", dag.max_active_runs),
            "leave max_active_runs out, or set it to 1"
        );
    }
    dag.max_active_runs = 1;
}

void check_jitter(const Node& description, core::Dag& dag, Diagnostics& diagnostics) {
    const Entry* jitter = description.find_entry("schedule_jitter");
    if (dag.schedule_jitter > core::Duration::zero() && !is_periodic(dag.schedule)) {
        diagnostics.add(
            jitter->at,
            "schedule_jitter has no schedule to spread",
            "it goes with cron expressions, timedeltas and relativedeltas"
        );
    }
}

/// Only fields of a clock can fall into a gap of it.
void check_dst(const Node& description, const core::Dag& dag, Diagnostics& diagnostics) {
    const Entry* dst = description.find_entry("dst");
    const bool is_asked = dst != nullptr && !dst->value.is_null() && !dst->value.inherited;
    if (is_asked && !std::holds_alternative<core::CronSchedule>(dag.schedule)) {
        diagnostics.add(
            dst->at,
            "dst has no times of a clock to move",
            "it goes with cron expressions; leave it out"
        );
    }
}

}  // namespace

void build_schedule(
    const Node& description, const LoadOptions& options, core::Dag& dag, Diagnostics& diagnostics
) {
    read_form(description, options, dag);
    const Node* catchup = description.find_value("catchup");
    dag.catchup =
        catchup == nullptr ? options.catchup_by_default : catchup->as_boolean().value_or(false);
    dag.dst = read_dst(description.find_value("dst"));
    if (const Node* jitter = description.find_value("schedule_jitter")) {
        dag.schedule_jitter = read_duration(*jitter).value_or(core::Duration::zero());
    }
    check_catchup(description, dag, diagnostics);
    check_only_one_run(description, dag, diagnostics);
    check_jitter(description, dag, diagnostics);
    check_dst(description, dag, diagnostics);
    const Node params = params_of(description);
    const Entry* lacking = find_required_param(params);
    if (core::is_scheduled(dag) && lacking != nullptr) {
        diagnostics.add(
            lacking->at,
            fmt::format("param '{}' lacks a default", lacking->key),
            "a DAG with a schedule needs one for every param"
        );
    }
}

}  // namespace reel::dagfile
