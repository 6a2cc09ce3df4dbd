#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reel/core/json_text.hpp"

namespace reel::core {

/// Where in a JSON value or schema something is wrong, and what.
struct SchemaMisfit {
    std::vector<std::string> path;  ///< keys and indices from the top; empty: the whole
    std::string message;            ///< "must be at least 3"; never quotes the value
    bool operator==(const SchemaMisfit&) const = default;
};

/// All ways in which a value breaks a JSON Schema (draft 2020-12 as Airflow's Param checks it, with
/// formats; references stay within the schema). What is no schema constrains nothing.
[[nodiscard]] std::vector<SchemaMisfit> find_misfits(const JsonText& schema, const JsonText& value);

/// Why a text is no schema: unknown types, patterns that are none, keywords with the wrong kind of
/// value, references that lead nowhere.
[[nodiscard]] std::vector<SchemaMisfit> find_schema_flaws(const JsonText& schema);

/// The path as a JSON pointer: "/0/a~1b"; "" for the whole.
[[nodiscard]] std::string json_pointer(const std::vector<std::string>& path);

}  // namespace reel::core
