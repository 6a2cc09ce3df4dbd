#include "note.hpp"

#include <fmt/chrono.h>

#include <chrono>
#include <cstdio>

namespace reel::runner {

void note(std::string_view text) {
    const auto now = std::chrono::system_clock::now();
    fmt::print(
        stderr,
        "{:%Y-%m-%dT%H:%M:%S}Z {}\n",
        fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
        text
    );
}

}  // namespace reel::runner
