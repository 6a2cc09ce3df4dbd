#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace reel::cli {

enum class Format { table, json, yaml, plain };

/// A list of objects for people or programs: JSON and YAML show every field, a table and plain text
/// the columns only. Always ends with a line end.
[[nodiscard]] std::string render(
    const nlohmann::json& objects, const std::vector<std::string>& columns, Format format
);

/// One object: a table of its fields, or a list of one for programs.
[[nodiscard]] std::string render_one(const nlohmann::json& object, Format format);

/// Columns that a terminal uses for the text: wide letters count two, combining marks none.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text cut to so many columns; escape sequences of the terminal count nothing.
[[nodiscard]] std::string fit_to_width(const std::string& text, std::size_t columns);

/// A value in one line: "" for null, lists as "a, b".
[[nodiscard]] std::string cell_text(const nlohmann::json& value);

}  // namespace reel::cli
