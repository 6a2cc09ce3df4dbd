#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reel::store {

/// All but letters, digits and "-._~" as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// nullopt for a '%' without two hex digits, or one that stands for a NUL.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// A URI taken apart and decoded.
struct UriParts {
    std::string scheme;
    std::string login;
    std::string password;
    std::string host;
    std::optional<int> port;
    std::string path;  ///< without the first '/'
    std::vector<std::pair<std::string, std::string>> query;
};

/// nullopt for text that is no URI.
[[nodiscard]] std::optional<UriParts> parse_uri(std::string_view text);

}  // namespace reel::store
