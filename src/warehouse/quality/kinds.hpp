#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "warehouse/args.hpp"
#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

/// What a kind of check needs to turn its arguments into SQL.
struct CheckBuild {
    ArgReader& args;
    std::string where;  ///< the user's condition, "" for all rows
    /// A table's quoted name from what the user wrote; "" and a mistake when it is none.
    std::function<std::string(std::string_view key, const std::string& table)> resolve;
    Check& check;  ///< table and relation are set; the kind fills in the rest
};

struct CheckKind {
    std::string_view name;
    /// The argument that a bare value stands for (`unique: movie_id`); empty: a map is needed.
    std::string_view bare;
    void (*build)(CheckBuild& build);
};

/// All kinds, by the names that people write.
[[nodiscard]] std::span<const CheckKind> check_kinds();

}  // namespace reel::warehouse
