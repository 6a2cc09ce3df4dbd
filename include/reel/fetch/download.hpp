#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/core/time.hpp"

namespace reel::fetch {

/// Bounds on what an archive may unpack to; beyond them extraction fails and leaves nothing behind.
struct ExtractLimits {
    std::uint64_t max_total_bytes = 64ULL << 30U;
    std::uint64_t max_files = 100'000;
    double max_ratio = 1000;  ///< unpacked : packed, checked once 16 MiB were unpacked (a zip bomb)
};

/// One thing to bring into a folder.
struct DownloadRequest {
    std::string from;  ///< http(s) URL, file:// URL, or path of a file or a folder
    std::filesystem::path
        into;  ///< folder of the run; made when missing. Files land under their own names
    std::filesystem::path cache;  ///< folder that keeps downloads between runs; empty: none is kept
    std::string
        file_name;  ///< name for a single file; empty: from Content-Disposition, URL or path
    std::string
        checksum;  ///< "sha256:<hex>" or "md5:<hex>" of the file as downloaded; empty: not checked
    bool extract =
        false;  ///< zip, tar(.gz|.zst|.xz|.bz2) members and .gz content become files of `into`
    std::vector<std::string> headers;  ///< "Name: value"; may hold secrets, never logged
    int max_retries = 4;  ///< within one call, for cut connections, timeouts, 408, 429 and 5xx
    core::Duration retry_delay = std::chrono::milliseconds(500);  ///< doubled after each retry
    core::Duration connect_timeout = std::chrono::seconds(30);
    core::Duration stall_timeout =
        std::chrono::seconds(60);  ///< no byte for that long: cut and retried
    ExtractLimits limits;
};

struct FetchedFile {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
};

struct DownloadReport {
    std::vector<FetchedFile> files;       ///< what now lies in `into`, sorted by path
    std::uint64_t bytes_transferred = 0;  ///< over the network, all tries
    int retries = 0;
    bool unchanged =
        false;  ///< the server said 304, or a local file's size and mtime are the cached ones
    bool resumed = false;  ///< a Range request continued an earlier part
    std::string etag;
    std::string sha256;        ///< of the file as downloaded; empty for a folder
    std::string content_type;  ///< what the server calls it; may be empty, as for a local file
};

struct DownloadProgress {
    std::uint64_t bytes = 0;
    std::optional<std::uint64_t> total;
};

/// Lines for the task's log: "retry 1 of 4 after HTTP 503", "resuming at 1.2 MB".
using LogLine = std::function<void(const std::string&)>;
using OnProgress = std::function<void(const DownloadProgress&)>;

/// "https://host/a.csv", "s3://bucket/a": whatever has a scheme is no path of this machine.
[[nodiscard]] bool is_url(std::string_view text);

/// Downloads, verifies, unpacks. A failed call leaves `into` without half-written files. Blocking.
/// A local file or folder is linked into `into`, never copied.
[[nodiscard]] core::Result<DownloadReport> download(
    const DownloadRequest& request, const LogLine& log = {}, const OnProgress& progress = {}
);

/// Unpacks one archive or compressed file into a folder. Refuses absolute names, '..', links that
/// point outside, devices, duplicates, truncated archives, wrong CRCs and bombs; then nothing of it
/// is left in `into`.
[[nodiscard]] core::Result<std::vector<FetchedFile>> extract(
    const std::filesystem::path& archive,
    const std::filesystem::path& into,
    const ExtractLimits& limits = {}
);

}  // namespace reel::fetch
