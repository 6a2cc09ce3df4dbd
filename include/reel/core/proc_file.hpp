#pragma once

#include <filesystem>
#include <string>

namespace reel::core {

/// All of a file of /proc; empty where it cannot be read, also when its process ends after it was
/// opened. (Then reading fails with ESRCH, which the iterators of a stream throw.)
[[nodiscard]] std::string read_proc_file(const std::filesystem::path& file);

}  // namespace reel::core
