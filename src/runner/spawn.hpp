#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "reel/runner/protocol.hpp"
#include "reel/runner/unique_fd.hpp"
#include "shell/spare.hpp"

namespace reel::runner {

struct LogFile {
    UniqueFd fd;
    std::uint64_t begin = 0;  ///< its size behind the header
};

struct SpawnedProcess {
    pid_t pid = 0;    ///< also the id of its process group
    UniqueFd pidfd;   ///< readable once it has ended
    UniqueFd output;  ///< the memfd that the process has as descriptor 4
    LogFile log;
};

/// Opens for appending, making folders and file where they are missing, and writes the header. What
/// the disk has no room for is left out: it must not change how the attempt ends.
[[nodiscard]] core::Result<LogFile> open_log(
    const std::filesystem::path& path, std::string_view header
);

/// Where argv[0] lies: itself when it holds a '/', else the first match in the PATH of the
/// process' own environment.
[[nodiscard]] core::Result<std::string> find_program(
    const ProcessSpec& spec, const std::filesystem::path& working_directory
);

/// Starts `spec.argv`, found as `program`, in an existing folder, in a process group of its own,
/// with /dev/null and what is given as descriptors 0 to 4 and no others, no signal blocked or
/// ignored.
[[nodiscard]] core::Result<pid_t> spawn_process(
    const ProcessSpec& spec,
    const std::string& program,
    const std::filesystem::path& working_directory,
    const Descriptors& descriptors
);

}  // namespace reel::runner
