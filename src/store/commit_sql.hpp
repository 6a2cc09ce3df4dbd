#pragma once

#include <string>

#include "row_input.hpp"

/// The statements of PostgresStore::commit. Their rows are those of the …_columns functions of
/// value_columns.hpp; those without a number of rows take one array per column, and what else they
/// take stands above them.
namespace reel::store {

extern const char* const take_attempts;
extern const char* const delete_placeholders;
extern const char* const delete_xcoms;

[[nodiscard]] std::string insert_runs(std::size_t rows);
[[nodiscard]] std::string update_runs(std::size_t rows);
/// Rows that exist stay as they are; gives the keys of those that are new.
[[nodiscard]] std::string insert_tasks(std::size_t rows);
[[nodiscard]] std::string update_tasks(std::size_t rows);

}  // namespace reel::store
