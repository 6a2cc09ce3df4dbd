#include "row_input.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reel::store {

namespace {

constexpr std::string_view moment = "timestamptz";

std::string_view type_of_param(const InputColumn& column) {
    return column.type == moment ? "bigint" : column.type;
}

/// Of each column, joined.
template <class Text>
std::string list_of(std::span<const InputColumn> columns, Text text) {
    std::vector<std::string> texts;
    texts.reserve(columns.size());
    for (const InputColumn& column : columns) texts.push_back(text(column));
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string arrays(std::span<const InputColumn> columns) {
    int number = 0;
    return fmt::format("unnest({}) with ordinality", list_of(columns, [&](const auto& column) {
                           return fmt::format("${}::{}[]", ++number, type_of_param(column));
                       }));
}

std::string values(std::span<const InputColumn> columns, std::size_t rows) {
    std::vector<std::string> lines;
    int number = 0;
    for (std::size_t row = 1; row <= rows; ++row) {
        const std::string cells = list_of(columns, [&](const InputColumn& column) {
            return fmt::format("${}::{}", ++number, type_of_param(column));
        });
        lines.push_back(fmt::format("({}, {})", cells, row));
    }
    return fmt::format("(values {})", fmt::join(lines, ", "));
}

}  // namespace

std::string input_sql(std::span<const InputColumn> columns, std::size_t rows) {
    const std::string selected = list_of(columns, [](const InputColumn& column) {
        return column.type == moment ? fmt::format("reel.at_micros({0}) as {0}", column.name)
                                     : std::string(column.name);
    });
    return fmt::format(
        "select {}, n from {} as i({}, n)",
        selected,
        rows == any_rows ? arrays(columns) : values(columns, rows),
        names_of(columns)
    );
}

postgres::Params params_of(const Columns& columns, std::size_t rows) {
    postgres::Params params;
    if (rows == any_rows) {
        for (const auto& column : columns) params.push_back(postgres::array_literal(column));
        return params;
    }
    params.reserve(rows * columns.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (const auto& column : columns) params.push_back(column.at(row));
    }
    return params;
}

std::string names_of(std::span<const InputColumn> columns, std::string_view table) {
    return list_of(columns, [&](const InputColumn& column) {
        return table.empty() ? std::string(column.name) : fmt::format("{}.{}", table, column.name);
    });
}

}  // namespace reel::store
