#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::fetch {

enum class HashKind { sha256, md5 };

/// "sha256:<64 hex>" or "md5:<32 hex>", in any case.
struct Checksum {
    HashKind kind = HashKind::sha256;
    std::string hex;  ///< lower case
};

[[nodiscard]] core::Result<Checksum> parse_checksum(std::string_view text);

[[nodiscard]] std::string hash_text(HashKind kind, std::string_view text);
/// Reads the whole file.
[[nodiscard]] core::Result<std::string> hash_file(HashKind kind, const std::filesystem::path& file);

/// Compares a file with what its checksum promises; `sha256` is the file's own when it is known.
/// `corrupt_data` with both sums when they differ.
[[nodiscard]] core::Result<void> verify_checksum(
    const Checksum& expected, const std::filesystem::path& file, const std::string& sha256
);

}  // namespace reel::fetch
