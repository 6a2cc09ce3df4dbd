#include "warehouse/infer/inferred_table.hpp"

#include "warehouse/infer/column_counts.hpp"

namespace reel::warehouse {

Json column_args(const InferredColumn& column) {
    Json args = Json::object();
    // A slash in front means the record to `stage`, and is no part of the name.
    const bool has_slash = column.facts.name.starts_with('/');
    if (column.name != column.facts.name) args["from"] = (has_slash ? "/" : "") + column.facts.name;
    args["type"] = column.choice.type.sql();
    if (!column.choice.format.empty()) args["format"] = column.choice.format;
    if (column.choice.not_null) args["not_null"] = true;
    if (needs_empty_as_null(column.facts, column.choice)) args["empty_as_null"] = true;
    if (!column.choice.null_values.empty()) args["null_values"] = column.choice.null_values;
    return args;
}

Json stage_args(const InferredTable& table) {
    Json columns = Json::object();
    for (const auto& column : table.columns) columns[column.name] = column_args(column);
    Json staged = Json::object();
    if (!table.key.columns.empty()) staged["key"] = table.key.columns;
    staged["columns"] = std::move(columns);
    Json args = {{"source", table.source}};
    if (!table.rejects.empty()) args["rejects"] = {{"max", table.rejects}};
    args["tables"] = Json::object();
    args["tables"][table.name] = std::move(staged);
    return args;
}

Json upsert_args(const InferredTable& table, const std::string& stage_task) {
    Json args = {{"from", stage_task + "." + table.name}, {"into", table.into}};
    if (!table.mode.empty()) args["mode"] = table.mode;
    if (!table.key.columns.empty()) args["key"] = table.key.columns;
    return args;
}

Json evidence_of(const InferredTable& table) {
    Json rows = Json::array();
    for (const auto& [name, facts, choice] : table.columns) {
        const auto unique = facts.is_unique();
        rows.push_back(
            {{"column", name},
             {"from", facts.name},
             {"type", choice.type.sql()},
             {"not_null", choice.not_null},
             {"values", values_of(facts, choice)},
             {"nulls", nulls_of(facts, choice)},
             {"distinct", distinct_of(facts, choice)},
             {"is_distinct_exact", facts.distinct.is_exact()},
             {"unique", unique ? Json(*unique) : Json()},
             {"bytes", facts.most_bytes},
             {"examples", facts.examples},
             {"reason", choice.reason},
             {"notes", choice.notes}}
        );
    }
    return rows;
}

}  // namespace reel::warehouse
