#pragma once

#include <cstdint>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::cli {

/// "256MB", "1.5 GB", "512MiB", "100000": kB, MB and GB are powers of ten, KiB, MiB and GiB of two;
/// capitals do not matter.
[[nodiscard]] core::Result<std::uint64_t> parse_byte_size(std::string_view text);

}  // namespace reel::cli
