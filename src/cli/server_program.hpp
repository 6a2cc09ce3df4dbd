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
/// with what kept it. The C library can be told only so, before it begins, that threads keep more
/// of what they free: those that parse DAG files would else wait for each other at the one heap
/// that there is.
[[nodiscard]] core::Error become_server(const std::filesystem::path& program, char** argv);
/// First of all in that program: what it was told so is for itself, not for its tasks.
void forget_what_the_heap_was_told();

}  // namespace reel::cli
