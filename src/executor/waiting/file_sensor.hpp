#pragma once

#include <cstdint>
#include <filesystem>

#include "poke.hpp"

namespace reel::executor {

/// A file that is waited for. Patterns are Python's glob: *, ?, [a-z] within a name, names that
/// begin with a dot only where the pattern does.
struct FileWish {
    std::filesystem::path pattern;  ///< absolute
    bool recursive = false;         ///< "**" stands for any number of folders
    std::uintmax_t min_size = 0;    ///< in bytes; a file that has fewer is still being written
};

/// Met by a file, and by a folder that has a file in it, however deep (Airflow's FileSensor);
/// pushes the path of the first one by name. Blocking.
[[nodiscard]] Poke look_for_file(const FileWish& wish);

}  // namespace reel::executor
