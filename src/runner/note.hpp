#pragma once

#include <string_view>

namespace reel::runner {

/// A line with the time on stderr, which is runner.log. Never given anything of a task's input or
/// environment.
void note(std::string_view text);

}  // namespace reel::runner
