#pragma once

#include <filesystem>

#include "cache_entry.hpp"
#include "reel/core/result.hpp"
#include "reel/fetch/download.hpp"

namespace reel::fetch {

struct HttpDownload {
    StoredFile file;  ///< its content is the entry's `data`
    std::uint64_t transferred = 0;
    int retries = 0;
    bool unchanged = false;
    bool resumed = false;
};

/// Brings the entry up to date with the URL: nothing, the rest of an interrupted download, or all
/// of it. Tries again where that can help; verifies the checksum before anything is stored.
[[nodiscard]] core::Result<HttpDownload> download_http(
    const DownloadRequest& request,
    const CacheEntry& entry,
    const LogLine& log,
    const OnProgress& progress
);

}  // namespace reel::fetch
