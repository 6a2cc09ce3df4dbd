#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/database.hpp"

/// The rows that a statement writes, as a table within it. An array per column takes any number of
/// them, but each array is opened by a function of its own: for one or two rows that is more than
/// all the rest, and values in their places cost a quarter less.
namespace reel::store {

/// Of each column one value per row.
using Columns = std::vector<std::vector<postgres::Param>>;

/// Instead of a number of rows: one array per column.
inline constexpr std::size_t any_rows = 0;

struct InputColumn {
    std::string_view name;
    std::string_view type;  ///< a timestamptz travels as microseconds since 1970
};

/// A query of the columns, and `n`, the place of the row among the others. Its parameters are
/// params_of() for as many rows.
[[nodiscard]] std::string input_sql(std::span<const InputColumn> columns, std::size_t rows);

/// One array per column, or one value per row and column, row by row.
[[nodiscard]] postgres::Params params_of(const Columns& columns, std::size_t rows);

/// "a, b" of columns a and b; with a table "t.a, t.b".
[[nodiscard]] std::string names_of(
    std::span<const InputColumn> columns, std::string_view table = {}
);

}  // namespace reel::store
