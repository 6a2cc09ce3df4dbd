#pragma once

#include <cstddef>
#include <cstdint>

// What the runner says to a shell that forks and to its children, over SOCK_SEQPACKET pairs. Also
// part of what is loaded into the shell: nothing here may need a library.

namespace reel::runner {

/// Descriptors that a shell which forks begins with: /dev/null up to 4, then these.
inline constexpr int shell_socket = 5;
inline constexpr int shell_image = 6;

/// To the shell: a byte, and as many descriptors as children are wanted, each the end of a pair on
/// which the child waits for its request. When the other end is closed the child ends.
inline constexpr std::size_t most_asked = 8;

/// From the shell: once when it is ready (no pid), then one for each child in their order.
struct ShellReply {
    std::int32_t pid = 0;    ///< 0: there is none
    std::int32_t error = 0;  ///< why, errno
};

/// To a child, once: what it is to become.
struct ShellRequest {
    std::uint32_t variables = 0;
    // Behind it, each ended by a NUL byte: the working directory, then the variables.
};
inline constexpr std::size_t max_shell_request = std::size_t{64} << 10U;
inline constexpr std::size_t max_shell_variables = 2048;
/// Where the descriptors of a request stand in its control message.
enum class ShellDescriptor { log, input, output, count };

}  // namespace reel::runner
