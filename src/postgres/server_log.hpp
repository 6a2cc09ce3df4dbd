#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "reel/core/result.hpp"

namespace reel::postgres {

/// What was appended to a log since it had `from` bytes.
[[nodiscard]] std::string read_log(const std::filesystem::path& log, std::uintmax_t from);

/// A server whose last process has not ended yet; starting again in a moment helps.
[[nodiscard]] bool is_still_ending(const std::string& log_text);

/// Why initdb or the server failed, in words and with what to do, out of what it wrote. `what` is
/// the sentence's beginning: "PostgreSQL did not start".
[[nodiscard]] core::Error explain_failure(
    const std::string& what, const std::string& log_text, const std::filesystem::path& log
);

}  // namespace reel::postgres
