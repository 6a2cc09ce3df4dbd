#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reel::api {

/// The target of a request, taken apart and decoded.
struct Url {
    std::vector<std::string> segments;  ///< "/a/b%2Fc" → "a", "b/c"; "/" → none
    std::vector<std::pair<std::string, std::string>> query;
};

/// nullopt for a target that is no path or has a broken percent escape.
[[nodiscard]] std::optional<Url> parse_target(std::string_view target);

/// "a=1&b=x+y" as in a query or a form; nullopt for a broken escape.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> parse_form(
    std::string_view text
);

/// nullopt for a '%' that two hex digits do not follow, and for NUL, which no text of the database
/// can hold.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace reel::api
