#include "local_source.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "cache_entry.hpp"
#include "checksum.hpp"
#include "extract.hpp"
#include "file_name.hpp"
#include "place.hpp"
#include "working_file.hpp"

namespace reel::fetch {

namespace fs = std::filesystem;

namespace {

core::Result<std::vector<fs::path>> list_files(
    const fs::path& folder, const fs::path& into, const LogLine& log
) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator entries(folder, error);
    for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
        const fs::directory_entry& entry = *entries;
        const fs::path relative = entry.path().lexically_relative(folder);
        std::error_code ignored;
        const bool is_folder = entry.is_directory(ignored);
        if (is_junk(relative.native()) ||
            (is_folder && fs::equivalent(entry.path(), into, ignored))) {
            if (is_folder) entries.disable_recursion_pending();
        } else if (entry.is_regular_file(ignored)) {
            files.push_back(relative);
        } else if (log && (!is_folder || entry.is_symlink(ignored))) {
            log("left out: " + entry.path().string() + " is neither a file nor a folder");
        }
    }
    if (error) return fail_errno("cannot read the folder " + folder.string(), error);
    std::ranges::sort(files);
    return files;
}

core::Result<FetchedFile> link_file(const fs::path& source, const fs::path& to) {
    const auto stamp = load_stamp(source);
    if (!stamp) return std::unexpected(stamp.error());
    std::error_code ignored;
    const bool is_itself = fs::equivalent(source, to, ignored) && !fs::is_symlink(to, ignored);
    if (!is_itself) {
        if (auto made = make_folder(to.parent_path()); !made) {
            return std::unexpected(std::move(made.error()));
        }
        if (auto placed = place_link(source, to); !placed) {
            return std::unexpected(std::move(placed.error()));
        }
    }
    return FetchedFile{.path = to, .bytes = stamp->size};
}

core::Result<DownloadReport> fetch_folder(
    const DownloadRequest& request, const fs::path& source, const LogLine& log
) {
    if (!request.checksum.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            "a folder has no checksum",
            "leave `checksum` out, or give a file",
            source.string()
        );
    }
    const auto files = list_files(source, request.into, log);
    if (!files) return std::unexpected(files.error());
    if (files->empty()) {
        return core::fail(core::Errc::not_found, "the folder holds no file", "", source.string());
    }
    DownloadReport report;
    for (const auto& relative : *files) {
        auto linked = link_file(source / relative, request.into / relative);
        if (!linked) return std::unexpected(std::move(linked.error()));
        report.files.push_back(std::move(*linked));
    }
    return report;
}

struct Identity {
    std::string sha256;
    bool known = false;  ///< it is the file of an earlier call
};

/// The file's SHA-256, from the cache's notes while size and time are the same.
core::Result<Identity> identify(const DownloadRequest& request, const fs::path& source) {
    const auto stamp = load_stamp(source);
    if (!stamp) return std::unexpected(stamp.error());
    std::optional<CacheEntry> entry;
    if (!request.cache.empty()) {
        auto opened = CacheEntry::open(cache_folder(request.cache, source.native()), [] {});
        if (!opened) return std::unexpected(std::move(opened.error()));
        entry = std::move(*opened);
        const auto noted = entry->load_notes();
        if (noted && noted->stamp == *stamp) return Identity{noted->sha256, true};
    }
    auto sha256 = hash_file(HashKind::sha256, source);
    if (!sha256) return std::unexpected(std::move(sha256.error()));
    if (entry) {
        const StoredFile file{
            .file_name = sanitize_name(source.filename().native()),
            .sha256 = *sha256,
            .stamp = *stamp
        };
        if (auto stored = entry->store(file); !stored) {
            return std::unexpected(std::move(stored.error()));
        }
    }
    return Identity{std::move(*sha256), false};
}

core::Result<DownloadReport> fetch_file(const DownloadRequest& request, const fs::path& source) {
    DownloadReport report;
    const auto file = identify(request, source);
    if (!file) return std::unexpected(file.error());
    report.sha256 = file->sha256;
    report.unchanged = file->known;
    if (!request.checksum.empty()) {
        const auto expected = parse_checksum(request.checksum);
        if (!expected) return std::unexpected(expected.error());
        if (auto verified = verify_checksum(*expected, source, file->sha256); !verified) {
            verified.error().where = source.string();
            return std::unexpected(std::move(verified.error()));
        }
    }
    if (request.extract) {
        auto files =
            extract_named(source, source.filename().string(), request.into, request.limits);
        if (!files) return std::unexpected(std::move(files.error()));
        report.files = std::move(*files);
        return report;
    }
    const fs::path name =
        request.file_name.empty() ? source.filename() : fs::path(request.file_name);
    auto linked = link_file(source, request.into / name);
    if (!linked) return std::unexpected(std::move(linked.error()));
    report.files.push_back(std::move(*linked));
    return report;
}

}  // namespace

fs::path cache_folder(const fs::path& cache, const std::string& source) {
    return cache / hash_text(HashKind::sha256, source).substr(0, 32);
}

core::Result<DownloadReport> fetch_local(
    const DownloadRequest& request, const fs::path& source, const LogLine& log
) {
    std::error_code error;
    // Absolute and without "..", but with the links of its way kept: they may be meant to be
    // turned.
    const fs::path absolute = fs::absolute(source, error).lexically_normal();
    const fs::file_status status = fs::status(absolute, error);
    if (!fs::exists(status)) {
        const bool denied = error && error != std::errc::no_such_file_or_directory;
        return core::fail(
            denied ? core::Errc::permission_denied : core::Errc::not_found,
            denied ? "cannot read it: " + error.message() : "no such file or folder",
            "give an absolute path that the worker can read",
            absolute.string()
        );
    }
    if (auto made = make_folder(request.into); !made) {
        return std::unexpected(std::move(made.error()));
    }
    if (fs::is_directory(status)) {
        // "folder/" and "folder" are the same one.
        const fs::path folder = absolute.has_filename() ? absolute : absolute.parent_path();
        return fetch_folder(request, folder, log);
    }
    if (fs::is_regular_file(status)) return fetch_file(request, absolute);
    return core::fail(
        core::Errc::unsupported, "neither a file nor a folder", "", absolute.string()
    );
}

}  // namespace reel::fetch
