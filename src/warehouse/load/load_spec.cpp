#include "warehouse/load/load_spec.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reel/dagfile/yaml_file.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

namespace {

constexpr std::string_view forms =
    "a spec is what `reel load infer` writes, or a map of source, into, key, mode, columns and "
    "checks";

/// Tasks as a list, each with its task_id.
Json tasks_of(const Json& tasks) {
    if (tasks.is_array()) return tasks;
    Json list = Json::array();
    for (const auto& [task_id, task] : tasks.items()) {
        Json named = {{"task_id", task_id}};
        if (task.is_object()) named.update(task);
        list.push_back(std::move(named));
    }
    return list;
}

void take_task(const Json& task, LoadDraft& draft, Mistakes& mistakes) {
    const auto task_id = text_at(task, "task_id");
    const auto kind = text_at(task, "operator");
    if (kind == "stage" && draft.stage.empty()) {
        draft.stage_task = task_id;
        draft.stage = arguments_of(task);
    } else if (kind == "stage") {
        mistakes.add(task_id, "a second stage task; a load reads one file");
    } else if (kind == "upsert") {
        draft.upserts.push_back(arguments_of(task));
    } else {
        mistakes.add(
            task_id, fmt::format("operator '{}' is no part of a load; stage and upsert are", kind)
        );
    }
}

LoadDraft draft_of_tasks(const Json& tasks, Mistakes& mistakes) {
    LoadDraft draft;
    for (const auto& task : tasks) {
        if (task.is_object()) {
            take_task(task, draft, mistakes);
        } else {
            mistakes.add("tasks", "a map was expected for each task");
        }
    }
    return draft;
}

/// Moves keys that are about publishing from the table to an upsert of it.
Json upsert_of(const std::string& name, Json& table) {
    Json upsert = {{"from", "stage." + name}};
    for (const auto* const key : {"into", "mode"}) {
        if (!table.contains(key)) continue;
        upsert[key] = table.at(key);
        table.erase(key);
    }
    // Each says of it what it is about: the file, or the target.
    for (const auto* const key : {"key", "contract"}) {
        if (table.contains(key)) upsert[key] = table.at(key);
    }
    return upsert;
}

void apply_to_one_table(const LoadWishes& wishes, LoadDraft& draft, Mistakes& mistakes) {
    if (wishes.into.empty() && wishes.key.empty() && wishes.mode.empty()) return;
    const auto tables = draft.stage.find("tables");
    const bool is_one = draft.upserts.size() == 1 && tables != draft.stage.end() &&
                        tables->is_object() && tables->size() == 1;
    if (!is_one) {
        return mistakes.add(
            "", "--table, --key and --mode need a spec of one table, which is published once"
        );
    }
    Json& upsert = draft.upserts.front();
    if (!wishes.into.empty()) upsert["into"] = wishes.into;
    if (!wishes.mode.empty()) upsert["mode"] = wishes.mode;
    if (wishes.key.empty()) return;
    upsert["key"] = wishes.key;
    Json& table = tables->begin().value();
    if (table.is_object()) table["key"] = wishes.key;
}

void apply(const LoadWishes& wishes, LoadDraft& draft, Mistakes& mistakes) {
    if (!wishes.file.empty()) {
        Json& source = draft.stage["source"];
        if (!source.is_object()) source = Json::object();
        source["path"] = wishes.file;
    }
    if (!wishes.rejects.empty()) draft.stage["rejects"] = {{"max", wishes.rejects}};
    apply_to_one_table(wishes, draft, mistakes);
}

/// Nobody renders a template here, and a file called "{{ ds }}.csv" is none.
void refuse_templates(const Json& value, const std::string& path, Mistakes& mistakes) {
    if (value.is_string() && value.get_ref<const std::string&>().contains("{{")) {
        return mistakes.add(path, "templates are rendered in DAGs only; write the value itself");
    }
    if (!value.is_structured()) return;
    for (const auto& [key, item] : value.items()) {
        refuse_templates(item, path.empty() ? key : fmt::format("{}.{}", path, key), mistakes);
    }
}

void check_upserts(const LoadDraft& draft, Mistakes& mistakes) {
    if (draft.upserts.empty()) mistakes.add("", "nothing is published: there is no upsert");
    for (const auto& upsert : draft.upserts) {
        const auto from = text_at(upsert, "from");
        if (!from.starts_with(draft.stage_task + ".")) {
            mistakes.add(
                "from", fmt::format("'{}' is no table of task '{}'", from, draft.stage_task)
            );
        }
        if (text_at(upsert, "into").empty()) {
            mistakes.add(from + ".into", "is required; --table names it for a spec of one table");
        }
        refuse_templates(upsert, from, mistakes);
    }
}

}  // namespace

std::string text_at(const Json& object, std::string_view key) {
    const auto found = object.find(key);
    return found == object.end() ? "" : scalar_text(*found).value_or("");
}

Json arguments_of(const Json& task) {
    Json args = task;
    for (const auto* const key :
         {"task_id", "operator", "dependencies", "retries", "retry_delay"}) {
        args.erase(key);
    }
    return args;
}

Json find_tasks(const Json& document) {
    if (document.is_array()) return document;
    if (!document.is_object()) return {};
    if (document.contains("tasks")) return tasks_of(document.at("tasks"));
    Json found;
    for (const auto& [name, dag] : document.items()) {
        if (name == "default" || !dag.is_object() || !dag.contains("tasks")) continue;
        if (!found.is_null()) return {};
        found = tasks_of(dag.at("tasks"));
    }
    return found;
}

LoadDraft draft_of_map(const Json& document) {
    LoadDraft draft;
    draft.stage = document;
    if (!document.contains("tables")) {
        Json table = Json::object();
        for (const auto* const key : {"into", "mode", "key", "contract", "columns", "checks"}) {
            if (!document.contains(key)) continue;
            table[key] = document.at(key);
            draft.stage.erase(key);
        }
        const auto into = parse_table_name(text_at(document, "into"));
        draft.stage["tables"] = Json::object();
        draft.stage["tables"][into ? into->table : "data"] = std::move(table);
    }
    Json& tables = draft.stage["tables"];
    if (!tables.is_object()) return draft;
    for (auto& [name, table] : tables.items()) {
        if (table.is_object()) draft.upserts.push_back(upsert_of(name, table));
    }
    return draft;
}

core::Result<LoadPlan> parse_load_spec(const Json& document, const LoadWishes& wishes) {
    const bool is_map = document.is_object() && document.contains("source");
    const Json tasks = is_map ? Json() : find_tasks(document);
    if (!is_map && !tasks.is_array()) {
        return core::fail(
            core::Errc::invalid_argument, "there is no load in it", std::string(forms)
        );
    }
    Mistakes mistakes;
    LoadDraft draft = is_map ? draft_of_map(document) : draft_of_tasks(tasks, mistakes);
    if (draft.stage.empty()) mistakes.add("", "there is no stage task");
    apply(wishes, draft, mistakes);
    check_upserts(draft, mistakes);
    refuse_templates(draft.stage, "", mistakes);
    if (!mistakes.empty()) return std::unexpected(mistakes.to_error("load"));
    LoadPlan plan{.stage_task = draft.stage_task, .stage = {draft.stage.dump()}, .upserts = {}};
    for (const auto& upsert : draft.upserts) plan.upserts.push_back({upsert.dump()});
    if (const auto stage = parse_stage_spec(plan.stage); !stage) {
        return std::unexpected(stage.error());
    }
    return plan;
}

core::Result<LoadPlan> read_load_spec(const std::filesystem::path& spec, const LoadWishes& wishes) {
    const auto node = dagfile::read_yaml_file(spec);
    if (!node) return std::unexpected(node.error());
    auto plan = parse_load_spec(Json::parse(dagfile::to_json_text(*node)), wishes);
    if (!plan && plan.error().where.empty()) plan.error().where = spec.string();
    return plan;
}

}  // namespace reel::warehouse
