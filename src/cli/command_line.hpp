#pragma once

#include <string>
#include <vector>

#include "context.hpp"

namespace reel::cli {

/// Parses and runs one command line, its program's name left out. The exit status: 0, 1 failed,
/// 2 usage. Errors go to `err` as "error: …" and "hint: …".
[[nodiscard]] int run_command(const std::vector<std::string>& words, Surroundings surroundings);

}  // namespace reel::cli
