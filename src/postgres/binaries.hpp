#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reel/core/result.hpp"

namespace reel::postgres {

/// Where a Postgres installation may be, in the order of preference.
struct BinarySearch {
    std::filesystem::path folder;  ///< nothing else is tried when it is set
    std::string data_version;      ///< of an existing cluster ("15"); its own programs come first
    std::string search_path;       ///< as in PATH
    std::filesystem::path versions = "/usr/lib/postgresql";  ///< holds <version>/bin
    std::vector<std::filesystem::path> others = {
        "/usr/local/bin", "/usr/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin"
    };
};

/// The folder that holds initdb and postgres. Errc::not_found, with the command that installs them.
[[nodiscard]] core::Result<std::filesystem::path> find_binaries(const BinarySearch& search);

}  // namespace reel::postgres
