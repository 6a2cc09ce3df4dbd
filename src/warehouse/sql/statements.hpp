#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"

namespace reel::warehouse {

/// One statement of a script.
struct Statement {
    std::string text;   ///< from its first word on, comments inside kept, no semicolon behind
    int line = 1;       ///< of its first word, from 1
    std::string title;  ///< of the last `-- title: …` comment between the statement before and this

    auto operator<=>(const Statement&) const = default;
};

/// Splits at the semicolons that end statements: not those in '…', E'…', "…", $tag$…$tag$, -- or
/// nested /* */ comments. Statements of comments alone are left out. A quote or comment that never
/// ends is an error with its line.
[[nodiscard]] core::Result<std::vector<Statement>> split_statements(std::string_view script);

/// The statement's first word in lower case: "select", "with", "insert".
[[nodiscard]] std::string first_word(std::string_view statement);

}  // namespace reel::warehouse
