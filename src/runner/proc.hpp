#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::runner {

/// Now, as core::ProcStat::start counts it.
[[nodiscard]] std::uint64_t boot_ticks();
/// Unlike in every boot of every machine; empty where the system does not say.
[[nodiscard]] std::string load_boot_id();
[[nodiscard]] std::vector<pid_t> load_pids();
/// Whether one of the process' descriptors 3 and 4 is the memfd of that name.
[[nodiscard]] bool holds_memfd(pid_t pid, std::string_view name);

}  // namespace reel::runner
