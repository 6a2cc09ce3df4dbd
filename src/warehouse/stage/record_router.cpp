#include "warehouse/stage/record_router.hpp"

#include <fmt/format.h>

#include "warehouse/literal/parse.hpp"

namespace reel::warehouse {

namespace {

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

RecordRouter::RecordRouter(const std::vector<BoundTable>& tables, RowSink& sink)
    : tables_(tables), sink_(sink), rows_(tables.size()) {
    for (const auto& table : tables) {
        account_.tables.push_back({.table = table.spec->name});
    }
}

void RecordRouter::take(const Record& record) {
    ++account_.records_read;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        account_.tables[t].elements_read += tables_[t].each_cell ? 0 : 1;
    }
    if (record.problem) {
        return reject_record({record, "*", std::nullopt, {"", "record", *record.problem, {}}});
    }
    if (const auto rejection = encode_records(record)) {
        return reject_record(*rejection);
    }
    Lists lists;
    if (const auto rejection = parse_lists(record, lists)) {
        return reject_record(*rejection);
    }
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const auto& cell = tables_[t].each_cell;
        if (!cell) {
            ++account_.tables[t].staged;
            sink_.add_row(t, rows_[t]);
        } else if (const auto* list = lists[*cell].list()) {
            add_elements(t, record, *list);
        }
    }
}

std::optional<Rejection> RecordRouter::encode_records(const Record& record) {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        if (tables_[t].each_cell) {
            continue;
        }
        rows_[t].clear();
        if (auto violation = encode_row(tables_[t], record, nullptr, rows_[t])) {
            return Rejection{record, tables_[t].spec->name, std::nullopt, *std::move(violation)};
        }
    }
    return std::nullopt;
}

std::optional<Rejection> RecordRouter::parse_lists(const Record& record, Lists& lists) const {
    for (const auto& table : tables_) {
        if (!table.each_cell || lists.contains(*table.each_cell)) {
            continue;
        }
        const std::string_view text = record.cells[*table.each_cell].text;
        const auto refuse = [&](const std::string& reason) {
            const auto& column = table.spec->each.front();
            return Rejection{
                record, table.spec->name, {}, {column, "list", reason, std::string(text)}
            };
        };
        literal::Value value;
        if (!is_blank(text)) {
            auto parsed = literal::parse_list_column(text);
            if (!parsed) {
                return refuse("not a Python literal or JSON: " + parsed.error().message);
            }
            value = *std::move(parsed);
        }
        if (!value.is_null() && value.list() == nullptr) {
            return refuse(fmt::format("a list was expected, not a {}", value.kind()));
        }
        lists.emplace(*table.each_cell, std::move(value));
    }
    return std::nullopt;
}

void RecordRouter::reject_record(const Rejection& rejection) {
    ++account_.records_quarantined;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        account_.tables[t].quarantined += tables_[t].each_cell ? 0 : 1;
    }
    sink_.reject(rejection);
}

void RecordRouter::add_elements(
    std::size_t table, const Record& record, const literal::List& list
) {
    auto& account = account_.tables[table];
    const auto& bound = tables_[table];
    for (std::size_t i = 0; i < list.size(); ++i) {
        ++account.elements_read;
        std::optional<Violation> violation;
        if (list[i].map() == nullptr) {
            const auto reason = fmt::format("a map was expected, not {}", list[i].kind());
            violation = {bound.spec->each.front(), "element", reason, literal::to_json(list[i])};
        } else {
            row_.clear();
            violation = encode_row(bound, record, &list[i], row_);
        }
        if (violation) {
            ++account.quarantined;
            ++account_.elements_quarantined;
            sink_.reject({record, bound.spec->name, i, *std::move(violation)});
            continue;
        }
        ++account.staged;
        sink_.add_row(table, row_);
    }
}

}  // namespace reel::warehouse
