#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diagnostics.hpp"
#include "operators.hpp"
#include "reel/core/dag.hpp"
#include "reel/dagfile/node.hpp"
#include "xcom_reference.hpp"

namespace reel::dagfile {

/// A name that a person wrote and that must be found.
struct Reference {
    std::string name;
    core::SourcePosition at;
};

/// One argument of `expand`: the elements that the file gives, or whose output they are.
struct MapDraft {
    std::string argument;  ///< "" for expand_kwargs
    Node elements;
    std::optional<XComReference> output;
};

struct GroupDraft {
    std::string name;  ///< as the file has it
    std::string id;    ///< with the names of its parents in front, where they say so
    core::SourcePosition at;
    bool prefixes = true;  ///< whether its id stands before those of its members
    std::optional<std::size_t> parent;
    const Node* default_args = nullptr;
    std::vector<Reference> dependencies;
    std::string tooltip;
    std::vector<MapDraft> mapping;        ///< empty: not mapped
    std::optional<core::Mapping> mapped;  ///< the same, resolved
};

struct TaskDraft {
    std::string name;  ///< as the file has it; task.task_id may have a group's id in front
    const Operator* operation = nullptr;  ///< null when it is unknown
    Node args;                            ///< the operator's own, under their own names
    std::optional<std::size_t> group;
    std::vector<Reference> dependencies;
    std::vector<MapDraft> mapping;  ///< empty: not mapped
    core::Task task;
};

/// A DAG while its references are not resolved yet.
struct DagDraft {
    std::vector<GroupDraft> groups;
    std::vector<TaskDraft> tasks;
    /// What one task needs another for without saying `dependencies`: (upstream, task) → where.
    std::map<std::pair<std::size_t, std::size_t>, core::SourcePosition> implied;

    /// By the name in the file or by the full id.
    [[nodiscard]] std::optional<std::size_t> find_task(const std::string& name) const;
    [[nodiscard]] std::optional<std::size_t> find_group(const std::string& name) const;
    /// Fills what the find_ functions read; call after tasks and groups are there.
    void index();

  private:
    std::map<std::string, std::size_t> tasks_by_name_;
    std::map<std::string, std::size_t> groups_by_name_;
};

/// "a", or ["a", "b"].
[[nodiscard]] std::vector<Reference> read_references(const Node* node);

}  // namespace reel::dagfile
