#pragma once

#include <string>
#include <string_view>

#include "row_input.hpp"

/// The statements of PostgresStore::commit. Their rows are those of the …_columns functions of
/// value_columns.hpp; those without a number of rows take one array per column, and what else they
/// take stands above them.
namespace reel::store {

/// What a statement of rows does about one that is in the way.
enum class InTheWay {
    /// Writes fewer rows, or fails by a foreign key, though the row may stand as it is to be. This
    /// is what is sent first, and it is cheaper.
    fails,
    /// Takes what stands as it is to be for written, leaves out what cannot be written.
    is_passed,
};

/// What a row needs in another table; where it fails anyway a foreign key says it.
[[nodiscard]] std::string_view needing(InTheWay what, std::string_view condition);

extern const char* const take_attempts;
extern const char* const delete_placeholders;
extern const char* const delete_xcoms;

[[nodiscard]] std::string insert_runs(std::size_t rows, InTheWay what);
[[nodiscard]] std::string update_runs(std::size_t rows, InTheWay what);
/// Rows that exist stay as they are; gives the keys of those that are new.
[[nodiscard]] std::string insert_tasks(std::size_t rows);
[[nodiscard]] std::string update_tasks(std::size_t rows, InTheWay what);

}  // namespace reel::store
