#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

#include "reel/runner/protocol.hpp"
#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

/// What a process gets as descriptors 1 and 2, 3, and 4.
struct Descriptors {
    int log = -1;
    int input = -1;
    int output = -1;
};

/// A child of this process that waits before a shell's main() for what it is to be. Ends when it is
/// dropped.
struct Spare {
    pid_t pid = 0;
    std::uint64_t asked_at = 0;  ///< in ticks of /proc/PID/stat: it is no older
    UniqueFd socket;
};

/// Makes it the process of the spec, whose argv is its shell's. False: it has run nothing, and
/// never will.
[[nodiscard]] bool hand_over(
    const Spare& spare,
    const ProcessSpec& spec,
    const std::filesystem::path& working_directory,
    const Descriptors& descriptors
);

}  // namespace reel::runner
