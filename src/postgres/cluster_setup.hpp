#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "owner.hpp"
#include "reel/core/result.hpp"

namespace reel::postgres {

/// Where everything of a cluster lies.
struct ClusterLayout {
    explicit ClusterLayout(const std::filesystem::path& folder);

    std::filesystem::path directory;
    std::filesystem::path data;
    std::filesystem::path socket;
    std::filesystem::path log;
    std::filesystem::path password;
    std::filesystem::path start_lock;
};

/// Errc::unavailable when the folder's disk has less than `least_bytes` left.
[[nodiscard]] core::Result<void> check_free_space(
    const std::filesystem::path& folder, std::uintmax_t least_bytes
);

/// Runs initdb with a new random password. It works in a folder beside `data` first, so that a
/// half-made cluster never looks like a whole one.
[[nodiscard]] core::Result<void> create_cluster(
    const std::filesystem::path& binaries,
    const ClusterLayout& layout,
    const Owner& owner,
    bool durable
);

/// The server's argv: Unix socket only, settings for a laptop.
[[nodiscard]] std::vector<std::string> server_command(
    const std::filesystem::path& binaries, const ClusterLayout& layout, bool durable
);

}  // namespace reel::postgres
