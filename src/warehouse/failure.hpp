#pragma once

#include <string>
#include <utility>

#include "reel/core/result.hpp"
#include "reel/postgres/error.hpp"

namespace reel::warehouse {

/// What a database failure means to a task: `unavailable` where trying again may help (lost
/// connection, deadlock, unknown fate of a commit), else what is wrong with the data or the SQL.
[[nodiscard]] core::Error to_error(const postgres::DatabaseError& failure, std::string where);

/// Runs `work`, the body of an operation, at whose border database exceptions become values.
template <class Work>
[[nodiscard]] auto guarded(const std::string& where, Work&& work) -> decltype(work()) {
    try {
        return std::forward<Work>(work)();
    } catch (const postgres::DatabaseError& failure) {
        return std::unexpected(to_error(failure, where));
    }
}

/// The error with the file it is about, unless it says a place already.
[[nodiscard]] core::Error at_file(core::Error error, const std::string& file);

}  // namespace reel::warehouse
