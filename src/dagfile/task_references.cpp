#include "task_references.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "asset_reader.hpp"
#include "reel/core/did_you_mean.hpp"
#include "reel/templating/render.hpp"
#include "staged_name.hpp"
#include "text_checks.hpp"
#include "xcom_reference.hpp"

namespace reel::dagfile {
namespace {

class ReferenceResolver final {
  public:
    ReferenceResolver(DagDraft& draft, Diagnostics& diagnostics)
        : draft_(draft), diagnostics_(diagnostics) {}

    void resolve(std::size_t task) {
        task_ = task;
        TaskDraft& draft = draft_.tasks[task];
        // Names that must be tables of a stage task come first, while they stand as written.
        if (draft.task.operator_name == "upsert") {
            resolve_from(draft.args);
            resolve_relationships(find(draft.args, "checks"));
        } else if (draft.task.operator_name == "quality") {
            resolve_checks(draft.args);
            resolve_check_files(find(draft.args, "dbt"));
            resolve_check_files(find(draft.args, "soda"));
        } else if (draft.task.operator_name == "sensor.asset") {
            add_inlet(draft);
        }
        for (Entry& entry : draft.args.entries) {
            walk(entry.value);
        }
    }

  private:
    /// What is waited for is read; so the asset is known also where nobody makes it.
    static void add_inlet(TaskDraft& draft) {
        const Node* asset = find(draft.args, "asset");
        if (asset == nullptr || (asset->is_text() && has_template(asset->text))) {
            return;
        }
        core::Asset inlet = read_asset(*asset);
        auto& inlets = draft.task.inlets;
        if (std::ranges::find(inlets, inlet.uri, &core::Asset::uri) == inlets.end()) {
            inlets.push_back(std::move(inlet));
        }
    }

    static Node* find(Node& map, std::string_view key) {
        const auto found = std::ranges::find(map.entries, key, &Entry::key);
        return found == map.entries.end() ? nullptr : &found->value;
    }

    void walk(Node& node) {
        if (node.is_text()) {
            // What a reference becomes names tasks and keys as they are; nothing more stands in it.
            return resolve_text(node);
        }
        for (Node& item : node.items) {
            walk(item);
        }
        for (Entry& entry : node.entries) {
            if (entry.key == "__type__") {
                diagnostics_.add(
                    entry.at, "'__type__' objects are not supported here", "write a plain value"
                );
            }
            walk(entry.value);
        }
    }

    void resolve_text(Node& node) {
        if (const auto reference = parse_xcom_reference(node.text)) {
            resolve_xcom(node, *reference);
            return;
        }
        if (!has_template(node.text)) {
            return;
        }
        if (const auto error = templating::check_syntax(node.text)) {
            core::SourcePosition at = node.at;
            if (node.literal_block) {
                at.line += error->line;
                at.column = 1;
            }
            diagnostics_.add(
                at,
                fmt::format("template of task '{}': {}", draft_.tasks[task_].name, error->message)
            );
            return;
        }
        for (const std::string& name : templating::staged_references(node.text)) {
            if (const auto full = resolve_staged(name, node.at); full && *full != name) {
                rename_staged(node.text, name, *full);
            }
        }
    }

    void resolve_xcom(Node& node, const XComReference& reference) {
        const auto found = draft_.find_task(reference.task);
        if (!found) {
            diagnostics_.add(
                node.at,
                fmt::format("'+{}' names no task", reference.task),
                core::did_you_mean(reference.task, task_names())
            );
            return;
        }
        imply(*found, node.at);
        node = make_xcom_node(node.at, draft_.tasks[*found].task.task_id.str(), reference.key);
    }

    void imply(std::size_t upstream, const core::SourcePosition& at) {
        draft_.implied.emplace(std::pair(upstream, task_), at);
    }

    void resolve_from(Node& args) {
        Node* from = find(args, "from");
        if (from == nullptr || !from->is_text() || has_template(from->text)) {
            return;
        }
        if (const auto full = resolve_staged(from->text, from->at)) {
            from->text = *full;
        }
    }

    void resolve_checks(Node& args) {
        Node* checks = find(args, "checks");
        if (checks == nullptr) {
            return;
        }
        for (Entry& table : checks->entries) {
            resolve_checked_table(table);
            resolve_relationships(&table.value);
        }
    }

    void resolve_relationships(Node* checks) {
        if (checks != nullptr) {
            for (Node& check : checks->items) {
                resolve_relationship(check);
            }
        }
    }

    /// The staged tables that another tool's names stand for.
    void resolve_check_files(Node* files) {
        if (files == nullptr) {
            return;
        }
        for (Node& file : files->items) {
            resolve_check_files(&file);
        }
        if (Node* tables = find(*files, "tables")) {
            for (Entry& table : tables->entries) {
                const auto name = split_staged(table.value.text);
                if (!name || !is_stage(name->task)) {
                    continue;
                }
                if (const auto full = resolve_staged(table.value.text, table.value.at)) {
                    table.value.text = *full;
                }
            }
        }
    }

    /// A name that is no stage task's is one of a published table.
    void resolve_checked_table(Entry& table) {
        const auto name = split_staged(table.key);
        if (!name || !is_stage(name->task)) {
            return;
        }
        if (const auto full = resolve_staged(table.key, table.at)) {
            table.key = *full;
        }
    }

    void resolve_relationship(Node& check) {
        Node* relationships = find(check, "relationships");
        Node* to = relationships == nullptr ? nullptr : find(*relationships, "to");
        if (to == nullptr || !to->is_text()) {
            return;
        }
        const auto column = split_staged(to->text);
        const auto name = column ? split_staged(column->task) : std::nullopt;
        if (!name || !is_stage(name->task)) {
            return;
        }
        if (const auto full = resolve_staged(column->task, to->at)) {
            to->text = fmt::format("{}.{}", *full, column->table);
        }
    }

    [[nodiscard]] bool is_stage(const std::string& name) const {
        const auto found = draft_.find_task(name);
        return found && draft_.tasks[*found].task.operator_name == "stage";
    }

    /// The table under its task's full id; nothing, and a diagnostic, when there is none.
    std::optional<std::string> resolve_staged(
        const std::string& text, const core::SourcePosition& at
    ) {
        const auto name = split_staged(text);
        const auto task = name ? draft_.find_task(name->task) : std::nullopt;
        if (!task || !is_stage(name->task) || !has_table(*task, name->table)) {
            diagnostics_.add(
                at,
                fmt::format("no task of this DAG stages '{}'", text),
                name ? core::did_you_mean(text, staged_names()) : "write it as task.table"
            );
            return std::nullopt;
        }
        imply(*task, at);
        return fmt::format("{}.{}", draft_.tasks[*task].task.task_id.str(), name->table);
    }

    [[nodiscard]] bool has_table(std::size_t task, const std::string& table) const {
        const Node* tables = draft_.tasks[task].args.find("tables");
        return tables != nullptr && tables->find(table) != nullptr;
    }

    [[nodiscard]] std::vector<std::string> staged_names() const {
        std::vector<std::string> names;
        for (const TaskDraft& task : draft_.tasks) {
            const Node* tables = task.args.find("tables");
            if (task.task.operator_name != "stage" || tables == nullptr) {
                continue;
            }
            for (const Entry& table : tables->entries) {
                names.push_back(fmt::format("{}.{}", task.name, table.key));
            }
        }
        return names;
    }

    [[nodiscard]] std::vector<std::string> task_names() const {
        std::vector<std::string> names;
        names.reserve(draft_.tasks.size());
        for (const TaskDraft& task : draft_.tasks) {
            names.push_back(task.name);
        }
        return names;
    }

    DagDraft& draft_;
    Diagnostics& diagnostics_;
    std::size_t task_ = 0;
};

}  // namespace

void resolve_task_references(DagDraft& draft, Diagnostics& diagnostics) {
    ReferenceResolver resolver(draft, diagnostics);
    for (std::size_t i = 0; i < draft.tasks.size(); ++i) {
        resolver.resolve(i);
    }
}

}  // namespace reel::dagfile
