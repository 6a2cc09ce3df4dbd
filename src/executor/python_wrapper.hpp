#pragma once

#include <string_view>

namespace reel::executor {

/// The program that `python3 -c` runs for a python task: reads its specification from descriptor 3,
/// calls the callable, writes its report to descriptor 4.
[[nodiscard]] std::string_view python_wrapper();

}  // namespace reel::executor
