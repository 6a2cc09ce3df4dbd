#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "owner.hpp"
#include "reel/core/result.hpp"

namespace reel::postgres {

/// How a program reaches a folder it was given open: also below a folder that its user may not
/// enter, such as /root.
inline constexpr const char* inherited_folder = "/proc/self/fd/3";

/// A program that runs as the cluster's owner, in a session of its own, with its output appended to
/// a file.
struct Command {
    std::vector<std::string> argv;
    Owner owner;
    std::filesystem::path folder;  ///< open as `inherited_folder`
    std::filesystem::path output;
};

[[nodiscard]] core::Result<pid_t> spawn(const Command& command);

/// Waits for the program; true when it ended with status 0.
[[nodiscard]] core::Result<bool> run(const Command& command);

}  // namespace reel::postgres
