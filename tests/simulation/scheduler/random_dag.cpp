#include <array>
#include <span>

#include "simulation/scheduler/simulation.hpp"
#include "support/dag_builder.hpp"

namespace reel::scheduler {

using core::CallbackEvent;
using core::TriggerRule;

namespace {

/// Over a list of the file, or over what the first upstream pushes.
core::Mapping random_mapping(Dice& dice, const core::Task& task) {
    core::MapSource source{.argument = "x", .literal = {}, .upstream = {}};
    if (!task.upstream.empty() && dice.one_in(2)) {
        source.upstream = task.upstream.front();
    } else {
        constexpr std::array lists{"[]", "[1]", "[1,2]", "[1,2,3]"};
        source.literal.text = dice.pick(lists);
    }
    return {{source}};
}

constexpr std::array of_tasks{
    CallbackEvent::execute,
    CallbackEvent::success,
    CallbackEvent::failure,
    CallbackEvent::retry,
    CallbackEvent::skipped
};
constexpr std::array of_runs{CallbackEvent::success, CallbackEvent::failure};

core::Callbacks random_callbacks(Dice& dice, std::span<const CallbackEvent> events) {
    core::Callbacks callbacks;
    for (const auto event : events) {
        if (dice.one_in(3)) callbacks[event] = {{.kind = core::CallbackKind::command, .args = {}}};
    }
    return callbacks;
}

void randomize(core::Task& task, Dice& dice, const Shape& shape) {
    constexpr int most_retries = 3;
    task.trigger_rule = dice.pick(shape.rules);
    task.retries = dice.below(most_retries);
    task.retry_delay = std::chrono::seconds(dice.below(60));
    task.priority_weight = dice.below(10);
    if (dice.one_in(6)) task.operator_name = "empty";
    if (shape.may_wait && dice.one_in(5)) task.operator_name = "sensor.time";
    if (shape.may_pool && dice.one_in(3)) {
        task.pool = "p";
        task.pool_slots = 1 + dice.below(2);
    }
    if (shape.may_make_assets && dice.one_in(2)) {
        task.outlets = {core::make_asset("u" + std::to_string(dice.below(2)))};
    }
    if (shape.may_call) task.callbacks = random_callbacks(dice, of_tasks);
    if (shape.may_map && dice.one_in(5)) task.max_active_tis_per_dagrun = 1;
    if (shape.may_map && dice.one_in(3)) task.mapping = random_mapping(dice, task);
    if (shape.may_set_up && dice.one_in(6)) {
        task.is_setup = dice.one_in(2);
        task.is_teardown = !task.is_setup;
        if (task.is_teardown) task.trigger_rule = TriggerRule::all_done_setup_success;
    }
}

std::vector<std::string> some_of(const std::vector<std::string>& names, Dice& dice) {
    std::vector<std::string> chosen;
    for (const auto& name : names) {
        if (dice.one_in(3)) chosen.push_back(name);
    }
    return chosen;
}

}  // namespace

Shape any_shape() {
    return {
        .max_tasks = 9,
        .rules =
            {TriggerRule::all_success,
             TriggerRule::all_failed,
             TriggerRule::all_done,
             TriggerRule::all_done_min_one_success,
             TriggerRule::all_skipped,
             TriggerRule::one_success,
             TriggerRule::one_failed,
             TriggerRule::one_done,
             TriggerRule::none_failed,
             TriggerRule::none_failed_min_one_success,
             TriggerRule::none_skipped,
             TriggerRule::always},
        .outcomes =
            {TaskOutcome::succeeded,
             TaskOutcome::succeeded,
             TaskOutcome::failed,
             TaskOutcome::failed_finally,
             TaskOutcome::skipped,
             TaskOutcome::timed_out,
             TaskOutcome::cancelled,
             TaskOutcome::lost},
        .may_fail_fast = true,
        .may_time_out = true,
        .may_map = true,
        .may_branch = true,
        .may_pool = true,
        .may_set_up = true,
    };
}

Shape settled_shape() {
    return {
        .rules =
            {TriggerRule::all_success,
             TriggerRule::all_done,
             TriggerRule::all_done_min_one_success,
             TriggerRule::one_success,
             TriggerRule::none_failed,
             TriggerRule::always},
        .outcomes =
            {TaskOutcome::succeeded,
             TaskOutcome::succeeded,
             TaskOutcome::failed,
             TaskOutcome::lost,
             TaskOutcome::failed_finally},
    };
}

core::Dag random_dag(Dice& dice, const std::string& dag_id, const Shape& shape) {
    support::DagBuilder builder = support::a_dag(dag_id);
    const int count = dice.below(shape.max_tasks + 1);
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
        const std::string name = "t" + std::to_string(i);
        builder.task(name, some_of(names, dice), [&](core::Task& task) {
            randomize(task, dice, shape);
        });
        names.push_back(name);
    }
    builder.with([&](core::Dag& dag) {
        dag.max_active_tasks = 1 + dice.below(4);
        dag.max_active_runs = 1 + dice.below(3);
        if (shape.may_call) dag.callbacks = random_callbacks(dice, of_runs);
        dag.fail_fast = shape.may_fail_fast && dice.one_in(4);
        if (shape.may_time_out && dice.one_in(4)) {
            dag.dagrun_timeout = std::chrono::seconds(1 + dice.below(120));
        }
    });
    return builder.build();
}

void give_spans(core::Dag& dag, Dice& dice, core::Timestamp from) {
    for (core::Task& task : dag.tasks) {
        const core::Timestamp at = from + std::chrono::minutes(dice.below(6));
        if (dice.one_in(6)) task.start_date = at;
        if (dice.one_in(8)) task.end_date = at;
    }
}

core::Dag random_consumer(Dice& dice, const std::string& dag_id, const Shape& shape) {
    Shape silent = shape;
    silent.may_make_assets = false;
    core::Dag dag = random_dag(dice, dag_id, silent);
    constexpr std::array conditions{"u0", "u1", "u0 & u1", "u0 | u1"};
    dag.asset_condition = core::parse_asset_condition(dice.pick(conditions)).value();
    return dag;
}

}  // namespace reel::scheduler
