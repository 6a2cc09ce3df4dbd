#include "task_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dag_shapes.hpp"
#include "group_builder.hpp"
#include "mapping.hpp"
#include "params.hpp"
#include "reel/core/did_you_mean.hpp"
#include "task_check.hpp"
#include "task_fields.hpp"
#include "values.hpp"

namespace reel::dagfile {
namespace {

class TaskBuilder final {
  public:
    TaskBuilder(
        const Node& dag, const DateContext& dates, DagDraft& draft, Diagnostics& diagnostics
    )
        : dag_(dag), dates_(dates), draft_(draft), diagnostics_(diagnostics) {
        if (const Node* args = dag.find_value("default_args")) {
            args_of_dag_ = *args;
            std::erase_if(args_of_dag_.entries, [this](const Entry& arg) {
                return is_dags_own(arg);
            });
        }
    }

    void build(const Entry& entry) {
        const Subject subject{fmt::format("task '{}'", entry.key)};
        if (!entry.value.is_map()) {
            diagnostics_.add(
                entry.value.at,
                fmt::format("{} must be a map, not {}", subject.owner, describe_value(entry.value))
            );
            return;
        }
        TaskDraft draft{.name = entry.key};
        draft.operation = find_operation(entry, subject);
        draft.group = find_group(entry.value);
        Node body = entry.value;
        add_default_args(draft, body);
        draft.mapping = take_mapping(body, subject, diagnostics_);
        check_task(draft, body, subject, diagnostics_);
        check_elements(draft, subject, diagnostics_);
        draft.dependencies = read_references(body.find_value("dependencies"));
        draft.args = select_args(draft, body);
        draft.task = read_task_fields(body, dates_);
        draft.task.params = build_params(body.find_value("params"), diagnostics_);
        draft.task.position = entry.at;
        draft.task.task_id = core::TaskId(full_id(draft));
        draft.task.operator_name = draft.operation == nullptr ? "" : draft.operation->name;
        draft.task.group = draft.group ? draft_.groups[*draft.group].id : "";
        if (draft.task.display_name.empty()) {
            draft.task.display_name = draft.task.task_id.str();
        }
        check_id(draft, entry);
        check_span(draft.task, body);
        draft_.tasks.push_back(std::move(draft));
    }

  private:
    const Operator* find_operation(const Entry& entry, const Subject& subject) {
        const Node* name = entry.value.find_value("operator");
        if (name == nullptr || !name->is_text()) {
            return nullptr;
        }
        const Operator* operation = dagfile::find_operator(name->text);
        if (operation != nullptr) {
            return operation;
        }
        const bool is_planned = is_planned_operator(name->text);
        const std::string hint = hint_for_operator(name->text);
        diagnostics_.add(
            name->at,
            is_planned ? fmt::format(
                             "operator '{}' is not supported yet, in {}", name->text, subject.owner
                         )
                       : fmt::format("unknown operator '{}' in {}", name->text, subject.owner),
            hint.empty() ? core::did_you_mean(name->text, operator_names()) : hint
        );
        return nullptr;
    }

    std::optional<std::size_t> find_group(const Node& body) {
        const Node* name = body.find_value("task_group_name");
        if (name == nullptr || !name->is_text()) {
            return std::nullopt;
        }
        for (std::size_t i = 0; i < draft_.groups.size(); ++i) {
            if (draft_.groups[i].name == name->text || draft_.groups[i].id == name->text) {
                return i;
            }
        }
        std::vector<std::string> names;
        names.reserve(draft_.groups.size());
        for (const GroupDraft& group : draft_.groups) {
            names.push_back(group.name);
        }
        diagnostics_.add(
            name->at,
            fmt::format("unknown task group '{}'", name->text),
            core::did_you_mean(name->text, names)
        );
        return std::nullopt;
    }

    /// The task's own arguments win, then its innermost group's, then the DAG's.
    void add_default_args(const TaskDraft& draft, Node& body) const {
        std::vector<const Node*> sources;
        for (const std::size_t group : enclosing_groups(draft_, draft.group)) {
            sources.insert(sources.begin(), draft_.groups[group].default_args);
        }
        sources.push_back(&args_of_dag_);
        for (const Node* source : sources) {
            if (source != nullptr) {
                inherit(draft, *source, body);
            }
        }
    }

    /// What default_args of a DAG say of the DAG itself, as in Airflow. Dates that the DAG gives,
    /// too, are those of its tasks.
    [[nodiscard]] bool is_dags_own(const Entry& arg) const {
        if (arg.key != "start_date" && arg.key != "end_date") {
            return arg.key == "params";
        }
        const Node* own = dag_.find_value(arg.key);
        return own == nullptr || is_same_date(*own, arg.value);
    }

    [[nodiscard]] bool is_same_date(const Node& one, const Node& other) const {
        const auto first = read_date(one, dates_);
        const auto second = read_date(other, dates_);
        return first && second && *first == *second;
    }

    /// Below those that the task gives itself; whether it gives some.
    static bool add_params(const Node& params, Node& body) {
        const auto own = std::ranges::find(body.entries, "params", &Entry::key);
        if (own == body.entries.end() || !own->value.is_map()) {
            return false;
        }
        add_missing(params, own->value);
        return true;
    }

    void inherit(const TaskDraft& draft, const Node& source, Node& body) const {
        for (const Entry& entry : source.entries) {
            const Field* field = find_field(draft, entry.key);
            if (field == nullptr || entry.value.is_null() || field->support == Support::planned ||
                field->support == Support::refused) {
                continue;
            }
            if (entry.key == "params" && add_params(entry.value, body)) {
                continue;
            }
            const bool is_given =
                body.find(field->name) != nullptr ||
                std::ranges::any_of(field->aliases, [&](const std::string& alias) {
                    return body.find(alias) != nullptr;
                });
            if (!is_given) {
                body.entries.push_back(entry);
                body.entries.back().value.inherited = true;
            }
        }
    }

    static const Field* find_field(const TaskDraft& draft, const std::string& name) {
        if (draft.operation != nullptr) {
            return draft.operation->task->find_field(name);
        }
        const auto found = std::ranges::find(task_fields(), name, &Field::name);
        return found == task_fields().end() ? nullptr : &*found;
    }

    static Node select_args(const TaskDraft& draft, const Node& body) {
        Node args{.kind = NodeKind::map, .at = body.at};
        if (draft.operation == nullptr) {
            return args;
        }
        for (const Field& field : draft.operation->args) {
            const Node* value = find_value(body, field);
            if (value != nullptr && field.support == Support::carried) {
                args.entries.push_back({field.name, value->at, as_argument(field, *value)});
            }
        }
        return args;
    }

    /// However a span of time was written, it is carried out in seconds.
    static Node as_argument(const Field& field, const Node& value) {
        const bool is_duration = field.shape->kind == ShapeKind::duration;
        const auto span = is_duration ? read_duration(value) : core::Duration::zero();
        if (!is_duration || !span) {
            return value;
        }
        Node seconds{.kind = NodeKind::number, .at = value.at};
        seconds.text = fmt::format("{:.6f}", std::chrono::duration<double>(*span).count());
        return seconds;
    }

    [[nodiscard]] std::string full_id(const TaskDraft& draft) const {
        if (!draft.group || !draft_.groups[*draft.group].prefixes) {
            return draft.name;
        }
        return draft_.groups[*draft.group].id + "." + draft.name;
    }

    void check_id(const TaskDraft& draft, const Entry& entry) {
        const std::string& id = draft.task.task_id.str();
        const Node* own = entry.value.find_value("task_id");
        if (own != nullptr && own->is_text() && own->text != entry.key) {
            diagnostics_.add(
                own->at, fmt::format("task_id '{}' differs from the key '{}'", own->text, entry.key)
            );
        }
        // A task_id of a list was held to the rule with the task's other fields.
        if (!core::is_valid_key(id) && (own == nullptr || core::is_valid_key(entry.key))) {
            diagnostics_.add(
                entry.at,
                fmt::format("'{}' is no name for a task", id),
                "letters, digits, '_', '-' and '.', at most 250 bytes"
            );
        }
        const bool is_group = std::ranges::any_of(draft_.groups, [&](const GroupDraft& group) {
            return group.id == id;
        });
        const bool is_taken = !ids_.insert(id).second && !is_repeated(draft.name);
        if (is_group || is_taken) {
            diagnostics_.add(
                entry.at,
                fmt::format("'{}' names {}", id, is_group ? "a task group, too" : "two tasks")
            );
        }
    }

    void check_span(const core::Task& task, const Node& body) {
        if (task.start_date && task.end_date && *task.end_date < *task.start_date) {
            diagnostics_.add(
                body.find_entry("end_date")->at,
                fmt::format("end_date lies before start_date, in task '{}'", task.task_id.str())
            );
        }
    }

    /// Two members of a list with one name were reported when the list was read.
    [[nodiscard]] bool is_repeated(const std::string& name) const {
        return std::ranges::find(draft_.tasks, name, &TaskDraft::name) != draft_.tasks.end();
    }

    const Node& dag_;
    Node args_of_dag_;  ///< of its default_args those that are of its tasks
    const DateContext& dates_;
    DagDraft& draft_;
    Diagnostics& diagnostics_;
    std::set<std::string> ids_;
};

}  // namespace

void build_tasks(
    const Node& dag, const DateContext& dates, DagDraft& draft, Diagnostics& diagnostics
) {
    const Node* tasks = dag.find_value("tasks");
    if (tasks == nullptr || !tasks->is_map()) {
        return;
    }
    TaskBuilder builder(dag, dates, draft, diagnostics);
    for (const Entry& entry : tasks->entries) {
        builder.build(entry);
    }
}

}  // namespace reel::dagfile
