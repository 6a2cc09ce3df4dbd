#include "staged.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "branching.hpp"

namespace reel::executor {

namespace {

bool is_stage_task(const core::Dag& dag, const std::string& task_id) {
    const core::Task* const task = dag.find_task(core::TaskId(task_id));
    return task != nullptr && task->operator_name == "stage";
}

/// The texts of `tables` in a quality task's `dbt` or `soda`, which may be a list of maps.
void add_mapped_tables(const Json& files, std::vector<std::string>& tables) {
    if (files.is_array()) {
        for (const Json& file : files) {
            add_mapped_tables(file, tables);
        }
    }
    if (!files.is_object() || !files.contains("tables") || !files["tables"].is_object()) {
        return;
    }
    for (const Json& table : files["tables"]) {
        if (table.is_string()) {
            tables.push_back(table.get<std::string>());
        }
    }
}

/// Every table that a quality task looks at, staged or not.
std::vector<std::string> checked_tables(const Json& args) {
    std::vector<std::string> tables;
    const auto checks = args.find("checks");
    if (checks != args.end() && checks->is_object()) {
        for (const auto& [table, list] : checks->items()) {
            tables.push_back(table);
        }
    }
    add_mapped_tables(args.value("dbt", Json()), tables);
    add_mapped_tables(args.value("soda", Json()), tables);
    return tables;
}

/// What an argument names without doubt: `from` of an upsert, and the tables of a quality task that
/// stand under the name of a stage task.
std::vector<std::string> certain_references(const core::Dag& dag, const Json& args) {
    std::vector<std::string> references;
    const std::string from = text_of(args, "from");
    if (!from.empty()) {
        references.push_back(from);
    }
    for (const std::string& table : checked_tables(args)) {
        const auto reference = parse_staged_reference(table);
        if (reference && is_stage_task(dag, reference->task_id)) {
            references.push_back(table);
        }
    }
    return references;
}

/// The table of the call that `text` begins with, `('a.b')` or `(\"a.b\")` as JSON has it; "" where
/// it is written otherwise.
std::string_view called_table(std::string_view text) {
    for (const std::string_view quote : {"'", "\\\""}) {
        const auto begin = 1 + quote.size();
        const auto end = text.find(quote, begin);
        if (text.starts_with('(') && text.substr(1).starts_with(quote) &&
            end != std::string_view::npos && text.substr(end + quote.size()).starts_with(')')) {
            return text.substr(begin, end - begin);
        }
    }
    return {};
}

/// Whether every `staged` of templates in a text stands before the name of another table.
bool stages_others_only(std::string_view text, const std::string& reference) {
    constexpr std::string_view word = "staged";
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word)) {
        text.remove_prefix(at + word.size());
        const auto table = called_table(text);
        if (table.empty() || table == reference) {
            return false;
        }
    }
    return true;
}

/// Files with templates or names of tables in them.
bool names_files(const std::string& text) {
    constexpr std::array marks = {".sql\"", ".sh\"", ".bash\"", "\"dbt\"", "\"soda\""};
    return std::ranges::any_of(marks, [&](const char* mark) { return text.contains(mark); });
}

/// Whether a task's arguments may lead it to a staged table, whose name in the database nobody can
/// guess: they name it, or templates, files, code or other tasks' outputs may.
bool may_read(const core::Dag& dag, const core::Task& task, const std::string& reference) {
    const std::string& text = task.args.text;
    if (task.mapping || calls_python(task.operator_name) || names_files(text) ||
        text.contains("xcom") || !stages_others_only(text, reference)) {
        return true;
    }
    const auto references = certain_references(dag, Json::parse(text));
    return std::ranges::find(references, reference) != references.end();
}

/// Whether the task that is ordered is the only one that reads a staged table.
bool has_one_reader(const scheduler::AttemptOrder& order, const std::string& reference) {
    return order.key.map_index < 0 && std::ranges::none_of(
                                          order.dag->tasks,
                                          [&](const core::Task& task) {
                                              return task.task_id != order.key.task_id &&
                                                     task.operator_name != "stage" &&
                                                     may_read(*order.dag, task, reference);
                                          }
                                      );
}

core::Error not_staged(const std::string& reference) {
    const auto parsed = parse_staged_reference(reference);
    if (!parsed) {
        return core::Error{
            .code = core::Errc::invalid_argument,
            .message = fmt::format("'{}' does not name a staged table", reference),
            .where = {},
            .hint = "write it as task.table",
        };
    }
    return core::Error{
        .code = core::Errc::not_found,
        .message = fmt::format(
            "task '{}' has staged no table '{}' in this run", parsed->task_id, parsed->table
        ),
        .where = {},
        .hint = fmt::format(
            "make this task depend on '{}' and declare '{}' among its tables",
            parsed->task_id,
            parsed->table
        ),
    };
}

}  // namespace

std::optional<StagedReference> parse_staged_reference(const std::string& text) {
    const std::size_t dot = text.rfind('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) {
        return std::nullopt;
    }
    return StagedReference{.task_id = text.substr(0, dot), .table = text.substr(dot + 1)};
}

core::Result<StagedTables> staged_by_task(
    const core::TaskKey& of_run, const std::string& task_id, store::RunStore& store
) {
    core::TaskKey key = of_run;
    key.task_id = core::TaskId(task_id);
    key.map_index = -1;
    const auto pushed = store.get_xcom(key, "return_value");
    if (!pushed) {
        if (pushed.error().code == core::Errc::not_found) {
            return StagedTables{};
        }
        return std::unexpected(pushed.error());
    }
    StagedTables tables;
    const Json report = Json::parse(pushed->value.text, nullptr, false);
    if (!report.is_object() || !report.contains("tables") || !report["tables"].is_object()) {
        return tables;
    }
    for (const auto& [name, table] : report["tables"].items()) {
        const std::string physical = text_of(table, "physical");
        if (!physical.empty()) {
            tables[fmt::format("{}.{}", task_id, name)] = warehouse::StagedTable{
                .physical = physical,
                .columns = to_text(table.value("columns", Json::array())),
                .key = to_text(table.value("key", Json::array())),
            };
        }
    }
    return tables;
}

core::Result<warehouse::StagedTable> find_staged(
    const core::TaskKey& of_run, const std::string& reference, store::RunStore& store
) {
    const auto parsed = parse_staged_reference(reference);
    if (!parsed) {
        return std::unexpected(not_staged(reference));
    }
    const auto tables = staged_by_task(of_run, parsed->task_id, store);
    if (!tables) {
        return std::unexpected(tables.error());
    }
    const auto found = tables->find(reference);
    if (found == tables->end()) {
        return std::unexpected(not_staged(reference));
    }
    return found->second;
}

core::Result<StagedTables> staged_for_task(
    const scheduler::AttemptOrder& order, const Json& args, store::RunStore& store
) {
    StagedTables all;
    for (const core::Task& task : order.dag->tasks) {
        if (task.operator_name != "stage") {
            continue;
        }
        auto tables = staged_by_task(order.key, task.task_id.str(), store);
        if (!tables) {
            return std::unexpected(tables.error());
        }
        all.merge(*tables);
    }
    for (const std::string& reference : certain_references(*order.dag, args)) {
        if (!all.contains(reference)) {
            return std::unexpected(not_staged(reference));
        }
    }
    for (auto& [reference, table] : all) {
        table.has_one_reader = has_one_reader(order, reference);
    }
    return all;
}

}  // namespace reel::executor
