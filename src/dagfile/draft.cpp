#include "draft.hpp"

namespace reel::dagfile {
namespace {

std::optional<std::size_t> find(
    const std::map<std::string, std::size_t>& names, const std::string& name
) {
    const auto found = names.find(name);
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<std::size_t> DagDraft::find_task(const std::string& name) const {
    return find(tasks_by_name_, name);
}

std::optional<std::size_t> DagDraft::find_group(const std::string& name) const {
    return find(groups_by_name_, name);
}

void DagDraft::index() {
    // The file's own names come first: what a person wrote means what stands there.
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        tasks_by_name_.emplace(tasks[i].name, i);
    }
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        tasks_by_name_.emplace(tasks[i].task.task_id.str(), i);
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups_by_name_.emplace(groups[i].name, i);
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups_by_name_.emplace(groups[i].id, i);
    }
}

std::vector<Reference> read_references(const Node* node) {
    std::vector<Reference> references;
    if (node != nullptr) {
        for (const Node* name : node->as_texts()) {
            references.push_back({name->text, name->at});
        }
    }
    return references;
}

}  // namespace reel::dagfile
