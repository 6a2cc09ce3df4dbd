#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "reel/fetch/unpack.hpp"

namespace reel::fetch {

/// As much of a file's front as tells how it is packed.
[[nodiscard]] core::Result<std::string> read_front(const std::filesystem::path& file);

/// How a file that begins so is packed.
[[nodiscard]] Packing packing_of(std::string_view front);

/// Whether this is a zip without any member.
[[nodiscard]] bool is_empty_zip(std::string_view front);

/// Whether the file holds nothing but zeros behind its first `offset` bytes, if anything at all.
[[nodiscard]] core::Result<bool> all_zeros_from(
    const std::filesystem::path& file, std::uint64_t offset
);

/// Whether the file ends as a tar does, with zeros. One that was cut between two of its members
/// does not.
[[nodiscard]] core::Result<bool> ends_like_tar(const std::filesystem::path& file);

}  // namespace reel::fetch
