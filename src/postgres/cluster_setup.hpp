#pragma once

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
