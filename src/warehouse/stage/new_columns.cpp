#include "warehouse/stage/new_columns.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t most_name_bytes = 63;

bool is_known(const std::vector<std::string>& known, std::string_view name) {
    return std::ranges::find(known, name) != known.end();
}

/// A name that a spec reads of an object is a key, or a path that begins with one.
void add_known(std::string_view name, std::vector<std::string>& known) {
    known.emplace_back(name);
    known.emplace_back(name.substr(0, name.find('.')));
}

/// What the tables read of the record itself.
std::vector<std::string> known_of_record(const StageSpec& spec) {
    std::vector<std::string> known;
    for (const auto& table : spec.tables) {
        for (const auto& name : table.each) add_known(name, known);
        for (const auto& column : table.columns) {
            for (const auto& name : column.from) {
                const bool is_marked = name.starts_with('/');
                if (is_marked || table.each.empty()) {
                    add_known(is_marked ? name.substr(1) : name, known);
                }
            }
        }
    }
    return known;
}

/// What the tables of one list read of its elements.
std::vector<std::string> known_of_elements(
    const StageSpec& spec, const std::vector<std::string>& each
) {
    std::vector<std::string> known;
    for (const auto& table : spec.tables) {
        if (table.each != each) continue;
        for (const auto& column : table.columns) {
            for (const auto& name : column.from) {
                if (!name.starts_with('/')) add_known(name, known);
            }
        }
    }
    return known;
}

std::vector<NewCell> new_cells_of(const StageSpec& spec, const std::vector<std::string>& header) {
    const auto known = known_of_record(spec);
    std::vector<NewCell> cells;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (!is_known(known, header[i])) cells.push_back({i, header[i]});
    }
    return cells;
}

std::vector<std::string> names_of(const std::vector<NewCell>& cells) {
    std::vector<std::string> names;
    names.reserve(cells.size());
    for (const auto& cell : cells) names.push_back(cell.name);
    return names;
}

bool watches(const Contract& contract) {
    return contract.columns && !contract.columns_are(ContractWord::evolve);
}

core::Result<void> add_columns(StageTableSpec& table, const std::vector<NewCell>& cells) {
    for (const auto& [cell, name] : cells) {
        const auto taken = std::ranges::find(table.columns, name, &ColumnSpec::name);
        const bool is_name = name.size() <= most_name_bytes && name != hidden_row_column;
        if (taken != table.columns.end() || !is_name) {
            return core::fail(
                core::Errc::corrupt_data,
                fmt::format(
                    "the file's new column '{}' cannot become a column of '{}': {}",
                    name,
                    table.name,
                    is_name ? "the name is taken" : "no column can have this name"
                ),
                "declare it under another name"
            );
        }
        table.columns.push_back(
            {.name = name,
             .from = {name},
             .encoder = FieldEncoder::make(ColumnType{}, "").value(),
             .not_null = false,
             .empty_as_null = std::nullopt,
             .null_values = {}}
        );
    }
    return {};
}

/// The contract's word for a value that nobody reads.
void judge_new_value(
    const BoundTable& table, std::string_view name, std::string value, EncodedRow& row
) {
    if (table.spec->contract.columns_are(ContractWord::discard_value)) {
        row.discarded.emplace_back(name);
    } else if (!row.violation) {
        row.violation = Violation{
            std::string(name), "columns", "nobody declared this column", std::move(value)
        };
    }
}

}  // namespace

void check_contracts(const StageSpec& spec, Mistakes& mistakes) {
    for (const auto& table : spec.tables) {
        const bool has_header = spec.format == Format::csv && table.each.empty();
        if (has_header || !table.contract.columns_are(ContractWord::evolve)) continue;
        mistakes.add(
            fmt::format("tables.{}.contract.columns", table.name),
            "evolve needs a header that names all columns; declare the keys, or take the object "
            "into a json column"
        );
    }
}

core::Result<void> evolve_columns(StageSpec& spec, const std::vector<std::string>& header) {
    const auto cells = new_cells_of(spec, header);
    for (auto& table : spec.tables) {
        if (!table.contract.columns_are(ContractWord::evolve)) continue;
        if (auto added = add_columns(table, cells); !added) return added;
    }
    return {};
}

bool would_evolve(const StageSpec& spec, const std::vector<std::string>& header) {
    const bool may_evolve = std::ranges::any_of(spec.tables, [](const StageTableSpec& table) {
        return table.contract.columns_are(ContractWord::evolve);
    });
    return may_evolve && !new_cells_of(spec, header).empty();
}

core::Result<void> watch_new_columns(
    const StageSpec& spec, const std::vector<std::string>& header, std::vector<BoundTable>& tables
) {
    const bool has_header = spec.format == Format::csv;
    const auto cells = has_header ? new_cells_of(spec, header) : std::vector<NewCell>();
    for (auto& table : tables) {
        if (!watches(table.spec->contract)) continue;
        if (table.has_each()) {
            table.known_keys = known_of_elements(spec, table.spec->each);
        } else if (!has_header) {
            table.known_keys = known_of_record(spec);
        } else if (table.spec->contract.columns_are(ContractWord::freeze) && !cells.empty()) {
            return core::fail(
                core::Errc::corrupt_data,
                fmt::format(
                    "the file has columns that nobody declared, and the contract of '{}' freezes "
                    "them: {}",
                    table.spec->name,
                    comma_list(names_of(cells))
                ),
                "declare them, or let `contract.columns` say evolve, discard_row or discard_value"
            );
        } else {
            table.new_cells = cells;
        }
    }
    return {};
}

void judge_new_values(
    const BoundTable& table, const Record& record, const literal::Value* element, EncodedRow& row
) {
    for (const auto& [cell, name] : table.new_cells) {
        const auto text = record.cells[cell].text;
        if (!text.empty()) judge_new_value(table, name, std::string(text), row);
    }
    const auto* object = element != nullptr ? element : record.value;
    if (table.known_keys.empty() || object == nullptr) return;
    for (const auto& [key, value] : *object->map()) {
        const auto* name = key.text();
        if (name == nullptr || value.is_null() || is_known(table.known_keys, *name)) continue;
        judge_new_value(table, *name, literal::to_json(value), row);
    }
}

}  // namespace reel::warehouse
