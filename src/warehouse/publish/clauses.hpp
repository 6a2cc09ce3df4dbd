#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "warehouse/publish/merge_sql.hpp"

namespace reel::warehouse {

/// Pieces that the statements of a publish share. The target's alias is always `t`.

[[nodiscard]] std::vector<std::string> names_of(const MergeShape& shape);

/// `s."a" = t."a" AND s."b" = t."b"` for the key.
[[nodiscard]] std::string key_matches(
    const MergeShape& shape, std::string_view left, std::string_view right
);

/// `(t."x") IS DISTINCT FROM (s."x")` for everything outside of the key; "" where the key is all
/// there is.
[[nodiscard]] std::string differs(const MergeShape& shape, std::string_view source);

/// `"x" = s."x", "deleted_at" = NULL` for the same columns.
[[nodiscard]] std::string assignments(const MergeShape& shape, std::string_view source);

}  // namespace reel::warehouse
