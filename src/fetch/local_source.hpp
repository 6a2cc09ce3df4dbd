#pragma once

#include <filesystem>
#include <string>

#include "reel/core/result.hpp"
#include "reel/fetch/download.hpp"

namespace reel::fetch {

/// A file or folder of this machine: linked, or unpacked where the request says so.
[[nodiscard]] core::Result<DownloadReport> fetch_local(
    const DownloadRequest& request, const std::filesystem::path& source, const LogLine& log
);

/// The folder of the cache that belongs to one source.
[[nodiscard]] std::filesystem::path cache_folder(
    const std::filesystem::path& cache, const std::string& source
);

}  // namespace reel::fetch
