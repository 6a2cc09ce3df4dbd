#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"

namespace reel::warehouse {

/// `a"b` → `"a""b"`. Always quoted, so that case and reserved words survive.
[[nodiscard]] std::string quote_identifier(std::string_view name);

/// `it's` → `'it''s'`; text with a backslash becomes E'…', so that both settings of
/// standard_conforming_strings read it alike. NUL cannot be said in SQL and is left out.
[[nodiscard]] std::string quote_literal(std::string_view text);

/// `"a", "b"`, each name behind `prefix` ("t." gives `t."a", t."b"`).
[[nodiscard]] std::string quote_list(
    const std::vector<std::string>& names, std::string_view prefix = {}
);

/// A table's name in two parts, as a person wrote it (no quotes).
struct TableName {
    std::string schema;
    std::string table;

    [[nodiscard]] std::string quoted() const;
    [[nodiscard]] std::string readable() const { return schema + "." + table; }
    auto operator<=>(const TableName&) const = default;
};

/// "movies.genres", or "genres" for a table of schema public. Anything else is an error.
[[nodiscard]] core::Result<TableName> parse_table_name(std::string_view text);

/// "a, b, c"
[[nodiscard]] std::string comma_list(const std::vector<std::string>& names);

/// " (did you mean 'x'?)", or "" where nothing is near.
[[nodiscard]] std::string did_you_mean(
    std::string_view word, const std::vector<std::string>& candidates
);

}  // namespace reel::warehouse
