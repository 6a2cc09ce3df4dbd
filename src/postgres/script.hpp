#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace reel::postgres {

/// The line (from 1) on which character `position` (from 1, UTF-8 characters as Postgres counts
/// them) stands.
[[nodiscard]] std::size_t line_of_character(std::string_view sql, std::size_t position);

/// The line on which each statement of a script begins. Knows quotes, dollar quotes and comments;
/// empty statements do not count, as for the server.
[[nodiscard]] std::vector<std::size_t> statement_lines(std::string_view sql);

}  // namespace reel::postgres
