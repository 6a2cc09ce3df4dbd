#include "followed_tasks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "reel/core/did_you_mean.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

constexpr std::array<std::string_view, 3> arguments{
    "follow", "follow_task_ids_if_true", "follow_task_ids_if_false"
};

/// Nothing to follow, a list that is written as JSON, or what a template is to give.
bool names_nobody(const std::string& text) {
    return text.empty() || text == "None" || text == "none" || text.starts_with('[') ||
           has_template(text);
}

std::optional<std::string> find_id(const DagDraft& draft, const std::string& name) {
    if (const auto task = draft.find_task(name)) {
        return draft.tasks[*task].task.task_id.str();
    }
    if (const auto group = draft.find_group(name)) {
        return draft.groups[*group].id;
    }
    return std::nullopt;
}

std::vector<std::string> names_of(const DagDraft& draft) {
    std::vector<std::string> names;
    for (const TaskDraft& task : draft.tasks) {
        names.push_back(task.name);
    }
    for (const GroupDraft& group : draft.groups) {
        names.push_back(group.name);
    }
    return names;
}

void resolve(
    const DagDraft& draft, const TaskDraft& branch, Node& followed, Diagnostics& diagnostics
) {
    for (Node& name : followed.items) {
        resolve(draft, branch, name, diagnostics);
    }
    if (!followed.is_text() || names_nobody(followed.text)) {
        return;
    }
    if (const auto id = find_id(draft, followed.text)) {
        followed.text = *id;
        return;
    }
    diagnostics.add(
        followed.at,
        fmt::format(
            "task '{}' follows '{}', which is no task or task group of this DAG",
            branch.name,
            followed.text
        ),
        core::did_you_mean(followed.text, names_of(draft))
    );
}

}  // namespace

void resolve_followed_tasks(DagDraft& draft, Diagnostics& diagnostics) {
    for (TaskDraft& task : draft.tasks) {
        if (!task.task.operator_name.starts_with("branch")) {
            continue;
        }
        for (Entry& entry : task.args.entries) {
            if (std::ranges::find(arguments, entry.key) != arguments.end()) {
                resolve(draft, task, entry.value, diagnostics);
            }
        }
    }
}

}  // namespace reel::dagfile
