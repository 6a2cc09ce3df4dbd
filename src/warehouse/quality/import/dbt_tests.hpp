#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "warehouse/quality/import/node_reader.hpp"

namespace reel::warehouse::dbt {

/// One data test as dbt calls it with its arguments.
struct DbtTest {
    NodeReader& args;
    std::string column;  ///< as the server knows it; empty where it stands under a table
    /// The table that an argument names by ref() or source(); "" and a mistake when it names none.
    std::function<std::string(std::string_view key)> relation;
};

/// The test in our words, maybe with options ("where", "name"). Nothing for a test that is not
/// known; wrong arguments are mistakes.
[[nodiscard]] std::optional<Json> translate(const std::string& name, DbtTest& test);

/// " (did you mean …?)" for a test that is not known.
[[nodiscard]] std::string guess(const std::string& name);

}  // namespace reel::warehouse::dbt
