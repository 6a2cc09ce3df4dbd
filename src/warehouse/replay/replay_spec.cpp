#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "reel/dagfile/yaml_file.hpp"
#include "reel/warehouse/replay.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/load/load_spec.hpp"

namespace reel::warehouse {

namespace {

/// How the bytes of a record are read. Where they came from does not matter any more, and what they
/// were encoded in neither: UTF-8 was kept.
constexpr std::array<std::string_view, 10> dialect_keys = {
    "format",
    "delimiter",
    "quote",
    "escape",
    "comment",
    "header",
    "rejoin",
    "columns",
    "widths",
    "null_values"
};

/// Checks of a table as a whole, which the few rows of a replay are not.
constexpr std::array<std::string_view, 4> whole_table_checks = {
    "row_count", "aggregate", "change", "freshness"
};

template <std::size_t size>
bool is_among(const std::array<std::string_view, size>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

void keep_dialect(Json& stage) {
    Json kept = {{"path", "reel.quarantine"}};
    const auto source = stage.find("source");
    if (source != stage.end() && source->is_object()) {
        for (const auto& [key, value] : source->items()) {
            if (is_among(dialect_keys, key)) kept[key] = value;
        }
    }
    stage["source"] = std::move(kept);
    stage.erase("rejects");
}

void keep_row_checks(Json& upsert) {
    const auto checks = upsert.find("checks");
    if (checks == upsert.end() || !checks->is_array()) return;
    Json kept = Json::array();
    for (const auto& check : *checks) {
        const bool is_of_table = check.is_object() && check.size() == 1 &&
                                 is_among(whole_table_checks, check.begin().key());
        if (!is_of_table) kept.push_back(check);
    }
    kept.empty() ? void(upsert.erase("checks")) : void(*checks = std::move(kept));
}

/// The same rows, and none is taken away.
void only_add(Json& upsert) {
    const auto mode = text_at(upsert, "mode");
    if (mode == "delete_insert" || (mode == "replace" && !upsert.contains("key"))) {
        upsert["mode"] = "append";
    } else if (mode == "replace") {
        upsert["mode"] = "upsert";
    }
    for (const auto* const key : {"window", "delete_missing", "max_deleted"}) upsert.erase(key);
}

bool reads_from(const Json& upsert, const std::string& stage_task) {
    if (text_at(upsert, "from").starts_with(stage_task + ".")) return true;
    const auto query = text_at(upsert, "query");
    return query.contains(fmt::format("'{}.", stage_task)) ||
           query.contains(fmt::format("\"{}.", stage_task));
}

std::vector<std::string> stage_tasks(const Json& tasks) {
    std::vector<std::string> names;
    for (const auto& task : tasks) {
        if (task.is_object() && text_at(task, "operator") == "stage") {
            names.push_back(text_at(task, "task_id"));
        }
    }
    return names;
}

core::Result<LoadDraft> draft_of_stage(const Json& tasks, const std::string& wanted) {
    const auto names = stage_tasks(tasks);
    const bool is_one = wanted.empty() && names.size() == 1;
    const auto found = is_one ? names.begin() : std::ranges::find(names, wanted);
    if (found == names.end()) {
        return core::fail(
            core::Errc::invalid_argument,
            wanted.empty() ? fmt::format("there are {} stage tasks", names.size())
                           : fmt::format("there is no stage task '{}'", wanted),
            names.empty() ? "a replay needs the stage task that rejected the records"
                          : fmt::format("--task-id names one: {}", comma_list(names))
        );
    }
    LoadDraft draft{.stage_task = *found, .stage = {}, .upserts = {}};
    for (const auto& task : tasks) {
        if (!task.is_object()) continue;
        const auto kind = text_at(task, "operator");
        if (kind == "stage" && text_at(task, "task_id") == draft.stage_task) {
            draft.stage = arguments_of(task);
        } else if (kind == "upsert" && reads_from(task, draft.stage_task)) {
            draft.upserts.push_back(arguments_of(task));
        }
    }
    return draft;
}

core::Result<LoadDraft> draft_of(const Json& document, const std::string& stage_task) {
    if (document.is_object() && document.contains("source")) return draft_of_map(document);
    const Json tasks = find_tasks(document);
    if (!tasks.is_array()) {
        return core::fail(
            core::Errc::invalid_argument,
            "there is no load in it",
            "a spec is a DAG file, or what `reel load` takes"
        );
    }
    return draft_of_stage(tasks, stage_task);
}

}  // namespace

core::Result<LoadPlan> parse_replay_spec(
    const core::JsonText& document, const std::string& stage_task
) {
    auto draft = draft_of(Json::parse(document.text), stage_task);
    if (!draft) return std::unexpected(draft.error());
    if (draft->upserts.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("nothing is published of what '{}' stages", draft->stage_task)
        );
    }
    keep_dialect(draft->stage);
    LoadPlan plan{.stage_task = draft->stage_task, .stage = {draft->stage.dump()}, .upserts = {}};
    for (auto& upsert : draft->upserts) {
        only_add(upsert);
        keep_row_checks(upsert);
        plan.upserts.push_back({upsert.dump()});
    }
    return plan;
}

core::Result<LoadPlan> read_replay_spec(
    const std::filesystem::path& spec, const std::string& stage_task
) {
    const auto node = dagfile::read_yaml_file(spec);
    if (!node) return std::unexpected(node.error());
    auto plan = parse_replay_spec({dagfile::to_json_text(*node)}, stage_task);
    if (!plan && plan.error().where.empty()) plan.error().where = spec.string();
    return plan;
}

}  // namespace reel::warehouse
