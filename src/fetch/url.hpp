#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reel::fetch {

/// "https" of "HTTPS://host/…", "" of a path. A single letter is a drive, not a scheme.
[[nodiscard]] std::string scheme_of(std::string_view text);

/// The URL as it may be shown: user and password, and the values of query parameters that carry
/// secrets, replaced by "***"; no fragment.
[[nodiscard]] std::string mask_url(std::string_view url);

/// "host:port" with the scheme's usual port filled in, in lower case, for "is this still the same
/// server".
[[nodiscard]] std::string authority_of(std::string_view url);

/// "%20" and so on undone; nullopt for a broken escape.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// The last segment of the URL's path, decoded; "" where the path ends in '/'.
[[nodiscard]] std::string last_segment(std::string_view url);

/// The path of "file:///a/b" or "file://localhost/a/b"; nullopt for another host or a broken URL.
[[nodiscard]] std::optional<std::string> path_of_file_url(std::string_view url);

}  // namespace reel::fetch
