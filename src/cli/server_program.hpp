#pragma once

#include <filesystem>

#include "reel/core/result.hpp"

namespace reel::cli {

/// reel-server in the folder of the program whose file is `self`: both are installed together, and
/// no other folder is searched, or two versions could meet.
[[nodiscard]] std::filesystem::path server_program(
    const std::filesystem::path& self = std::filesystem::read_symlink("/proc/self/exe")
);

/// Goes on as the program, with the same arguments, environment and process id. Comes back only
/// with what kept it.
[[nodiscard]] core::Error become_server(const std::filesystem::path& program, char** argv);

}  // namespace reel::cli
