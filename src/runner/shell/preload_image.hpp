#pragma once

#include <string_view>

namespace reel::runner {

/// The shared library of preload.cpp, which is part of the program: no file of it can be missing,
/// or of another version.
[[nodiscard]] std::string_view preload_image();

}  // namespace reel::runner
