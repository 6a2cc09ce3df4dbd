#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reel::warehouse {

/// A name that SQL takes without quotes, of what people put into headers: "Release Date",
/// "userId" and "TMDB-ID" become release_date, user_id and tmdb_id. Letters beyond ASCII stay as
/// they are. At most 63 bytes; `fallback` when nothing is left.
[[nodiscard]] std::string sql_name(std::string_view written, std::string_view fallback);

/// One for each column of a header, all different: a name that is taken gets a number.
[[nodiscard]] std::vector<std::string> column_names(const std::vector<std::string>& header);

}  // namespace reel::warehouse
