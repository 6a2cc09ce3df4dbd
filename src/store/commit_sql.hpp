#pragma once

#include <string>

/// The statements of PostgresStore::commit. Rows travel as one array per column, in the order of
/// the …_columns functions of value_columns.hpp; what else a statement takes stands above it.
namespace reel::store {

extern const char* const take_attempts;
extern const char* const delete_placeholders;
extern const char* const delete_xcoms;

[[nodiscard]] std::string insert_runs();
[[nodiscard]] std::string update_runs();
/// Rows that exist stay as they are; gives the keys of those that are new.
[[nodiscard]] std::string insert_tasks();
[[nodiscard]] std::string update_tasks();

}  // namespace reel::store
