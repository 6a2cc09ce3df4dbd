#pragma once

#include <optional>

#include "server_side.hpp"

namespace reel::cli {

/// A whole program: its command line in the real surroundings. Without a server side it is `reel`.
[[nodiscard]] int run_program(int argc, char** argv, std::optional<ServerSide> server);

}  // namespace reel::cli
