#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace reel::warehouse {

/// Whether a path is a pattern: it holds * ? or [.
[[nodiscard]] bool is_glob(std::string_view path);

/// Whether the path fits the pattern, component by component: * ? [a-z] within one, ** for any
/// number of them. As in a shell, names that begin with a dot must be asked for.
[[nodiscard]] bool fits_glob(std::string_view pattern, std::string_view path);

/// All regular files below the folder, sorted by path; those whose name, or whose folder's name,
/// begins with . or _ are not data (.DS_Store, _SUCCESS). Links to folders are not followed.
[[nodiscard]] std::vector<std::filesystem::path> list_files_below(
    const std::filesystem::path& folder
);

/// The files that fit a pattern, sorted by path; a relative pattern begins at `folder`.
[[nodiscard]] std::vector<std::filesystem::path> find_by_glob(
    const std::filesystem::path& folder, const std::string& pattern
);

}  // namespace reel::warehouse
