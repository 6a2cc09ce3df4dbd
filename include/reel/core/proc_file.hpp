#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace reel::core {

/// All of a file of /proc; empty where it cannot be read, also when its process ends after it was
/// opened. (Then reading fails with ESRCH, which the iterators of a stream throw.)
[[nodiscard]] std::string read_proc_file(const std::filesystem::path& file);

/// Not one that has ended and that its parent has not waited for yet (a zombie), which a container
/// without an init keeps for ever.
[[nodiscard]] bool is_alive(pid_t pid);

}  // namespace reel::core
