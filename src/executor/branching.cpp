#include "branching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "connections.hpp"
#include "reel/core/ascii.hpp"
#include "reel/core/did_you_mean.hpp"
#include "render.hpp"
#include "time_branching.hpp"
#include "truth.hpp"

namespace reel::executor {

namespace {

using scheduler::BranchDecision;

/// A template gives a list as its JSON.
Json names_of(const Json& value) {
    if (value.is_null() || value == "" || value == "None" || value == "none") {
        return Json::array();
    }
    if (!value.is_string()) {
        return value.is_array() ? value : Json::array({value});
    }
    const Json list = Json::parse(value.get<std::string>(), nullptr, false);
    return list.is_array() ? list : Json::array({value});
}

/// The names of the file stand for the full ids, as they do everywhere else in it.
std::string name_in_file(const core::Task& task) {
    const std::string prefix = task.group + ".";
    const std::string& id = task.task_id.str();
    return !task.group.empty() && id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

/// Who follows a group follows what it begins with.
std::vector<core::TaskId> roots_of(const core::Dag& dag, const std::string& group) {
    std::vector<core::TaskId> roots;
    for (const core::Task& task : dag.tasks) {
        const bool waits_inside = std::ranges::any_of(task.upstream, [&](std::uint32_t up) {
            return dag.is_in_group(dag.tasks[up], group);
        });
        if (dag.is_in_group(task, group) && !waits_inside) {
            roots.push_back(task.task_id);
        }
    }
    return roots;
}

std::optional<std::vector<core::TaskId>> find_followed(
    const core::Dag& dag, const std::string& name
) {
    if (const core::Task* task = dag.find_task(core::TaskId(name))) {
        return std::vector{task->task_id};
    }
    const auto by_id = std::ranges::find(dag.groups, name, &core::TaskGroup::group_id);
    if (by_id != dag.groups.end()) {
        return roots_of(dag, name);
    }
    const auto task = std::ranges::find(dag.tasks, name, name_in_file);
    if (task != dag.tasks.end()) {
        return std::vector{task->task_id};
    }
    const auto group = std::ranges::find(dag.groups, name, &core::TaskGroup::label);
    if (group != dag.groups.end()) {
        return roots_of(dag, group->group_id);
    }
    return std::nullopt;
}

core::Result<std::optional<BranchDecision>> decide_branch(const core::Dag& dag, const Json& value) {
    BranchDecision decision;
    for (const Json& given : names_of(value)) {
        const std::string name = given.is_string() ? given.get<std::string>() : dump(given);
        const auto followed = find_followed(dag, name);
        if (!followed) {
            std::vector<std::string> names;
            names.reserve(dag.tasks.size() + dag.groups.size());
            for (const core::Task& task : dag.tasks) {
                names.push_back(task.task_id.str());
            }
            for (const core::TaskGroup& group : dag.groups) {
                names.push_back(group.group_id);
            }
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format(
                    "the branch follows '{}', which is no task or task group of this DAG", name
                ),
                core::did_you_mean(name, names)
            );
        }
        std::ranges::copy(*followed, std::back_inserter(decision.follow));
    }
    return decision;
}

/// Airflow's BranchSQLOperator: a yes, a no or a number in the first cell.
core::Result<bool> answer_of(const Json& report) {
    const Json rows = report.is_object() ? report.value("rows", Json::array()) : Json::array();
    const Json row = rows.empty() ? Json() : rows.front();
    const Json cell = row.empty() ? Json() : row.front();
    const std::string word = cell.is_string() ? core::lowered(cell.get<std::string>()) : "";
    constexpr std::array<std::string_view, 5> yes{"t", "true", "y", "yes", "on"};
    constexpr std::array<std::string_view, 5> no{"f", "false", "n", "no", "off"};
    if (std::ranges::find(yes, word) != yes.end()) {
        return true;
    }
    if (std::ranges::find(no, word) != no.end()) {
        return false;
    }
    if (!word.empty() && word.find_first_not_of("+-.0123456789") == std::string::npos) {
        return is_true_cell(word);
    }
    return core::fail(
        core::Errc::corrupt_data,
        rows.empty() ? "the query gave no row, so there is nothing to branch by"
                     : fmt::format("the first cell is {}, neither true nor false", dump(cell)),
        "the query must give a boolean, a number, or one of true, yes, on, false, no, off"
    );
}

core::Result<std::optional<BranchDecision>> decide_by_answer(
    const core::Dag& dag, const core::Result<bool>& answer, const Json& args
) {
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const char* name = *answer ? "follow_task_ids_if_true" : "follow_task_ids_if_false";
    return decide_branch(dag, args.value(name, Json()));
}

}  // namespace

bool decides_by_arguments(const core::Task& task) {
    if (task.operator_name == "branch" || branches_by_time(task)) {
        return true;
    }
    if (task.operator_name != "short_circuit") {
        return false;
    }
    const Json args = Json::parse(task.args.text, nullptr, false);
    return args.is_object() && args.contains("condition");
}

bool calls_python(std::string_view operator_name) {
    return operator_name == "python" || operator_name == "branch.python" ||
           operator_name == "short_circuit";
}

core::Result<std::optional<BranchDecision>> decide(
    const core::Dag& dag, const core::Task& task, const Json& value
) {
    if (task.operator_name == "branch" || task.operator_name == "branch.python") {
        return decide_branch(dag, value);
    }
    if (task.operator_name == "branch.sql") {
        return decide_by_answer(dag, answer_of(value), Json::parse(task.args.text, nullptr, false));
    }
    if (task.operator_name != "short_circuit" || !is_false(value)) {
        return std::nullopt;
    }
    const Json args = Json::parse(task.args.text, nullptr, false);
    const bool spares_rules =
        args.is_object() && args.value("ignore_downstream_trigger_rules", true) == false;
    return BranchDecision{.follow = {}, .all_downstream = !spares_rules};
}

core::Result<std::optional<BranchDecision>> decide_by_arguments(
    const scheduler::AttemptOrder& order,
    store::RunStore& store,
    const ExecutorOptions& options,
    SecretMask& mask,
    core::Timestamp now
) {
    Connections connections(options.environment, store, options.default_warehouse_uri, mask);
    const auto rendered = render_arguments(order, store, connections);
    if (!rendered) {
        return std::unexpected(rendered.error());
    }
    if (branches_by_time(order.task())) {
        return decide_by_answer(
            *order.dag, is_at_named_time(order, rendered->args, now), rendered->args
        );
    }
    const char* name = order.task().operator_name == "branch" ? "follow" : "condition";
    return decide(*order.dag, order.task(), rendered->args.value(name, Json()));
}

}  // namespace reel::executor
