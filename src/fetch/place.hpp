#pragma once

#include <filesystem>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// Puts a finished file under its name, in place of what is there: a hard link where the file
/// system allows it, else a copy. Nobody ever sees half of it.
[[nodiscard]] core::Result<void> place_file(
    const std::filesystem::path& from, const std::filesystem::path& to
);

/// A symbolic link to an absolute path, in place of what is there.
[[nodiscard]] core::Result<void> place_link(
    const std::filesystem::path& target, const std::filesystem::path& to
);

/// Moves everything below `from` to the same relative place below `into`, in place of what is
/// there; both are on one file system.
[[nodiscard]] core::Result<void> merge_folder(
    const std::filesystem::path& from, const std::filesystem::path& into
);

}  // namespace reel::fetch
