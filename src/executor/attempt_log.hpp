#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reel/core/time.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::executor {

/// "2026-11-21T07:00:00.123Z"
[[nodiscard]] std::string log_stamp(core::Timestamp at);

/// "2026-11-21T07:00:00.123Z LEVEL text", one such line for each line of `text`, each ended.
[[nodiscard]] std::string log_line(
    core::Timestamp at, std::string_view level, std::string_view text
);

/// Appends to an attempt's log; makes the folders above it. A log that cannot be written is told to
/// the program's own log: it must not change how the attempt ends.
void append_to_log(const std::filesystem::path& log, const std::string& lines);

/// The first line of an attempt's log.
[[nodiscard]] std::string header_line(
    const scheduler::AttemptOrder& order, const std::string& hostname, core::Timestamp at
);

/// The last line of an attempt's log: how it ended.
[[nodiscard]] std::string footer_line(const scheduler::AttemptEnded& ended, core::Duration elapsed);

}  // namespace reel::executor
