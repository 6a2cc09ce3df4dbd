#include "reel/fetch/download.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cache_entry.hpp"
#include "checksum.hpp"
#include "extract.hpp"
#include "file_name.hpp"
#include "http_download.hpp"
#include "local_source.hpp"
#include "place.hpp"
#include "retry.hpp"
#include "url.hpp"
#include "working_file.hpp"

namespace reel::fetch {

namespace fs = std::filesystem;

namespace {

/// Without a cache the download's folder lies in the target and goes when the call ends; what a
/// killed process left in it is resumed by the next.
class EntryFolder final {
  public:
    explicit EntryFolder(const DownloadRequest& request)
        : keep_(!request.cache.empty()), path_(path_of(request)) {}
    ~EntryFolder() {
        std::error_code ignored;
        if (!keep_) fs::remove_all(path_, ignored);
    }
    EntryFolder(const EntryFolder&) = delete;
    EntryFolder& operator=(const EntryFolder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    static fs::path path_of(const DownloadRequest& request) {
        if (!request.cache.empty()) return cache_folder(request.cache, request.from);
        const std::string key = hash_text(HashKind::sha256, request.from).substr(0, 16);
        return request.into / (".download-" + key);
    }
    bool keep_;
    fs::path path_;
};

core::Result<void> check(const DownloadRequest& request) {
    if (request.from.empty()) {
        return core::fail(
            core::Errc::invalid_argument, "there is nothing to download: `from` is empty"
        );
    }
    if (request.into.empty()) {
        return core::fail(core::Errc::invalid_argument, "there is no folder to download into");
    }
    if (request.file_name != sanitize_name(request.file_name)) {
        return core::fail(
            core::Errc::invalid_argument,
            "the file name '" + request.file_name + "' is not a plain name",
            "leave out folders, control characters, and dots or blanks at its ends"
        );
    }
    if (request.checksum.empty()) return {};
    const auto checksum = parse_checksum(request.checksum);
    if (!checksum) return std::unexpected(checksum.error());
    return {};
}

core::Result<std::vector<FetchedFile>> deliver(
    const DownloadRequest& request, const CacheEntry& entry, const StoredFile& file
) {
    const std::string name = request.file_name.empty() ? file.file_name : request.file_name;
    if (request.extract) return extract_named(entry.data(), name, request.into, request.limits);
    const fs::path to = request.into / name;
    if (auto placed = place_file(entry.data(), to); !placed) {
        return std::unexpected(std::move(placed.error()));
    }
    return std::vector<FetchedFile>{{.path = to, .bytes = file.stamp.size}};
}

std::string summarize(const HttpDownload& download) {
    if (download.unchanged) return "unchanged since the last download (HTTP 304)";
    return fmt::format(
        "downloaded {}, sha256 {}", format_bytes(download.file.stamp.size), download.file.sha256
    );
}

core::Result<DownloadReport> fetch_remote(
    const DownloadRequest& request, const LogLine& log, const OnProgress& progress
) {
    const std::string shown = mask_url(request.from);
    if (log) log("downloading " + shown);
    if (auto made = make_folder(request.into); !made) {
        return std::unexpected(std::move(made.error()));
    }
    const EntryFolder folder(request);
    const auto entry = CacheEntry::open(folder.path(), [&log] {
        if (log) log("waiting for another download of the same address");
    });
    if (!entry) return std::unexpected(entry.error());
    auto download = download_http(request, *entry, log, progress);
    if (!download) return std::unexpected(std::move(download.error()));
    if (log) log(summarize(*download));
    auto files = deliver(request, *entry, download->file);
    if (!files) {
        if (files.error().code == core::Errc::corrupt_data) files.error().where = shown;
        return std::unexpected(std::move(files.error()));
    }
    return DownloadReport{
        .files = std::move(*files),
        .bytes_transferred = download->transferred,
        .retries = download->retries,
        .unchanged = download->unchanged,
        .resumed = download->resumed,
        .etag = download->file.etag,
        .sha256 = download->file.sha256,
        .content_type = download->file.content_type,
    };
}

std::optional<fs::path> local_path(const std::string& from, const std::string& scheme) {
    if (scheme.empty()) return from;
    if (scheme != "file") return std::nullopt;
    const auto path = path_of_file_url(from);
    return path ? std::optional<fs::path>(*path) : std::nullopt;
}

}  // namespace

bool is_url(std::string_view text) {
    return !scheme_of(text).empty();
}

core::Result<DownloadReport> download(
    const DownloadRequest& request, const LogLine& log, const OnProgress& progress
) {
    if (auto checked = check(request); !checked) return std::unexpected(std::move(checked.error()));
    const std::string scheme = scheme_of(request.from);
    if (scheme == "http" || scheme == "https") return fetch_remote(request, log, progress);
    if (const auto path = local_path(request.from, scheme)) {
        return fetch_local(request, *path, log);
    }
    return core::fail(
        core::Errc::unsupported,
        scheme == "file" ? "a file of another machine, or a broken file:// URL"
                         : "cannot download from " + scheme + "://",
        "give an http(s) or file URL, or the path of a file or a folder",
        mask_url(request.from)
    );
}

}  // namespace reel::fetch
