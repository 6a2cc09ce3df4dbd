#pragma once

#include <string>
#include <string_view>

namespace reel::fetch {

/// A name that is safe as a file of a folder: no folders, control characters, leading or trailing
/// dots or blanks, at most 200 bytes with its extension kept. "" when nothing is left.
[[nodiscard]] std::string sanitize_name(std::string_view name);

/// The file name of a Content-Disposition header (`filename*` before `filename`), not sanitised;
/// "" when it has none.
[[nodiscard]] std::string name_from_disposition(std::string_view header);

/// What to call a download, best first: what the server says, the URL's last segment, that of the
/// URL it was redirected to. A segment with an extension beats one without.
[[nodiscard]] std::string choose_name(
    std::string_view disposition, std::string_view url, std::string_view final_url
);

/// Files that an archive or a folder carries for the desktop it was made on.
[[nodiscard]] bool is_junk(std::string_view path);

}  // namespace reel::fetch
