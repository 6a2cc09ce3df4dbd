#include "warehouse/stage/row_encoder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/stage/new_columns.hpp"

namespace reel::warehouse {

namespace {

bool means_null(const ColumnSpec& spec, std::string_view text, bool empty_by_default) {
    if (text.empty()) {
        return spec.empty_as_null.value_or(empty_by_default);
    }
    return std::ranges::find(spec.null_values, text) != spec.null_values.end();
}

/// Under a key, or under a path of keys with dots between them where no such key is.
const literal::Value* find_at(const literal::Value& object, std::string_view path) {
    if (const auto* value = object.find(path)) {
        return value;
    }
    const auto dot = path.find('.');
    const auto* inner = dot == path.npos ? nullptr : object.find(path.substr(0, dot));
    return inner == nullptr ? nullptr : find_at(*inner, path.substr(dot + 1));
}

std::optional<Violation> encode_missing(const BoundColumn& column, std::string& out) {
    if (column.in_key) {
        return Violation{column.spec->name, "key", "a part of the key is NULL", std::nullopt};
    }
    if (column.spec->not_null) {
        return Violation{column.spec->name, "not_null", "is NULL but must not be", std::nullopt};
    }
    encode_null(out);
    return std::nullopt;
}

Violation misfit(const BoundColumn& column, const std::string& reason, std::string value) {
    const auto expected = column.spec->encoder.type().sql();
    return {column.spec->name, "type", fmt::format("{}: {}", expected, reason), std::move(value)};
}

std::optional<Violation> encode_cell(
    const BoundColumn& column, std::string_view text, std::string& out
) {
    if (means_null(*column.spec, text, true)) {
        return encode_missing(column, out);
    }
    if (const auto done = column.spec->encoder.encode(text, out); !done) {
        return misfit(column, done.error(), std::string(text));
    }
    return std::nullopt;
}

std::optional<Violation> encode_element(
    const BoundColumn& column, const literal::Value& element, std::string& out
) {
    const auto* value = find_value(element, column.keys);
    if (value == nullptr || value->is_null()) {
        return encode_missing(column, out);
    }
    const auto* text = value->text();
    if (text != nullptr && means_null(*column.spec, *text, false)) {
        return encode_missing(column, out);
    }
    if (const auto done = column.spec->encoder.encode(*value, out); !done) {
        return misfit(column, done.error(), text != nullptr ? *text : literal::to_json(*value));
    }
    return std::nullopt;
}

bool may_discard(const BoundTable& table, const BoundColumn& column, const Violation& violation) {
    return violation.rule == "type" &&
           table.spec->contract.types_are(ContractWord::discard_value) && !column.in_key &&
           !column.spec->not_null;
}

}  // namespace

const literal::Value* find_value(
    const literal::Value& object, const std::vector<std::string>& keys
) {
    for (const auto& key : keys) {
        if (const auto* value = find_at(object, key)) {
            return value;
        }
    }
    return nullptr;
}

EncodedRow encode_row(
    const BoundTable& table, const Record& record, const literal::Value* element, std::string& out
) {
    EncodedRow row;
    for (const auto& column : table.columns) {
        const auto* object = column.of_record ? record.value : element;
        row.violation = column.cell ? encode_cell(column, record.cells[*column.cell].text, out)
                                    : encode_element(column, *object, out);
        if (row.violation && may_discard(table, column, *row.violation)) {
            encode_null(out);
            row.discarded.push_back(column.spec->name);
            row.violation.reset();
        }
        if (row.violation) {
            return row;
        }
    }
    judge_new_values(table, record, element, row);
    return row;
}

}  // namespace reel::warehouse
