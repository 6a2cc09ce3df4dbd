#pragma once

#include <cstdint>
#include <string_view>

#include "reel/postgres/database.hpp"

namespace reel::warehouse {

/// One cell of the first row as a number; 0 for NULL.
[[nodiscard]] std::int64_t count_of(const postgres::Rows& rows, std::string_view column);

}  // namespace reel::warehouse
