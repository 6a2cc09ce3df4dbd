#include "warehouse/stage/record_router.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "warehouse/literal/parse.hpp"

namespace reel::warehouse {

namespace {

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

RecordRouter::RecordRouter(const std::vector<BoundTable>& tables, RowSink& sink)
    : tables_(tables), sink_(sink), keys_(tables), rows_(tables.size()), discarded_(tables.size()) {
    for (const auto& table : tables) {
        account_.tables.push_back({.table = table.spec->name});
    }
}

void RecordRouter::take(const Record& record) {
    ++account_.records_read;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        account_.tables[t].elements_read += tables_[t].has_each() ? 0 : 1;
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
        if (!tables_[t].has_each()) {
            ++account_.tables[t].staged;
            count_discarded(t, discarded_[t]);
            keys_.see(t, record.value, nullptr);
            sink_.add_row(t, rows_[t]);
        } else if (const auto* list = lists.at(tables_[t].each_cell.value_or(t)).value->list()) {
            add_elements(t, record, *list);
        }
    }
}

bool RecordRouter::fits(const Record& record) {
    if (record.problem || encode_records(record)) return false;
    const auto is_whole_row = [](const auto& discarded) { return discarded.empty(); };
    Lists lists;
    return std::ranges::all_of(discarded_, is_whole_row) && !parse_lists(record, lists);
}

std::optional<Rejection> RecordRouter::encode_records(const Record& record) {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        if (tables_[t].has_each()) {
            continue;
        }
        rows_[t].clear();
        auto row = encode_row(tables_[t], record, nullptr, rows_[t]);
        discarded_[t] = std::move(row.discarded);
        if (row.violation) {
            return Rejection{
                record, tables_[t].spec->name, std::nullopt, *std::move(row.violation)
            };
        }
    }
    return std::nullopt;
}

std::optional<Rejection> RecordRouter::parse_lists(const Record& record, Lists& lists) const {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const std::size_t place = tables_[t].each_cell.value_or(t);
        if (!tables_[t].has_each() || lists.contains(place)) {
            continue;
        }
        if (auto rejection = parse_list(record, tables_[t], lists[place])) {
            return rejection;
        }
    }
    return std::nullopt;
}

std::optional<Rejection> RecordRouter::parse_list(
    const Record& record, const BoundTable& table, ListValue& list
) const {
    const auto* own = table.each_cell ? nullptr : find_value(*record.value, table.spec->each);
    const auto* inner = own == nullptr ? nullptr : own->text();
    const bool is_text = own == nullptr || inner != nullptr;
    const std::string_view text = table.each_cell    ? record.cells[*table.each_cell].text
                                  : inner != nullptr ? std::string_view(*inner)
                                                     : std::string_view();
    const auto refuse = [&](const std::string& reason) {
        const auto& column = table.spec->each.front();
        auto value = is_text ? std::string(text) : literal::to_json(*own);
        return Rejection{record, table.spec->name, {}, {column, "list", reason, std::move(value)}};
    };
    list.value = is_text ? &list.parsed : own;
    if (is_text && !is_blank(text)) {
        auto parsed = literal::parse_list_column(text);
        if (!parsed) {
            return refuse("not a Python literal or JSON: " + parsed.error().message);
        }
        list.parsed = *std::move(parsed);
    }
    if (!list.value->is_null() && list.value->list() == nullptr) {
        return refuse(fmt::format("a list was expected, not a {}", list.value->kind()));
    }
    return std::nullopt;
}

void RecordRouter::reject_record(const Rejection& rejection) {
    ++account_.records_quarantined;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        account_.tables[t].quarantined += tables_[t].has_each() ? 0 : 1;
    }
    sink_.reject(rejection);
}

void RecordRouter::count_discarded(std::size_t table, const std::vector<std::string>& columns) {
    for (const auto& column : columns) ++account_.tables[table].discarded[column];
}

void RecordRouter::add_elements(
    std::size_t table, const Record& record, const literal::List& list
) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        ++account_.tables[table].elements_read;
        add_element(table, record, i, list[i]);
    }
}

void RecordRouter::add_element(
    std::size_t table, const Record& record, std::size_t at, const literal::Value& element
) {
    const auto& bound = tables_[table];
    if (element.map() == nullptr) {
        const auto reason = fmt::format("a map was expected, not {}", element.kind());
        const auto& column = bound.spec->each.front();
        return reject_element(
            table, record, at, {column, "element", reason, literal::to_json(element)}
        );
    }
    row_.clear();
    auto row = encode_row(bound, record, &element, row_);
    if (row.violation) {
        return reject_element(table, record, at, *std::move(row.violation));
    }
    count_discarded(table, row.discarded);
    ++account_.tables[table].staged;
    keys_.see(table, record.value, &element);
    sink_.add_row(table, row_);
}

void RecordRouter::reject_element(
    std::size_t table, const Record& record, std::size_t at, Violation violation
) {
    ++account_.tables[table].quarantined;
    ++account_.elements_quarantined;
    sink_.reject({record, tables_[table].spec->name, at, std::move(violation)});
}

void RecordRouter::take_element(const Record& record, std::size_t table, std::size_t element) {
    ++account_.tables[table].elements_read;
    const auto& column = tables_[table].spec->each.front();
    if (record.problem) {
        return reject_element(table, record, element, {"", "record", *record.problem, {}});
    }
    ListValue list;
    if (auto rejection = parse_list(record, tables_[table], list)) {
        return reject_element(table, record, element, std::move(rejection->violation));
    }
    const auto* elements = list.value->list();
    const std::size_t size = elements == nullptr ? 0 : elements->size();
    if (element >= size) {
        const auto reason = fmt::format("the list has {} elements", size);
        return reject_element(table, record, element, {column, "element", reason, {}});
    }
    add_element(table, record, element, (*elements)[element]);
}

}  // namespace reel::warehouse
