#include "cache_entry.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace reel::fetch {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path notes_of(const fs::path& folder) {
    return folder / "entry.json";
}

}  // namespace

core::Result<CacheEntry> CacheEntry::prepare(fs::path folder) {
    if (auto made = make_folder(folder); !made) return std::unexpected(std::move(made.error()));
    const fs::path path = folder / "lock";
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
    if (!fd) return fail_errno("cannot open " + path.string());
    return CacheEntry(std::move(folder), std::move(fd));
}

bool CacheEntry::try_lock() const {
    return ::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0;
}

core::Result<void> CacheEntry::lock() const {
    while (::flock(lock_.get(), LOCK_EX) != 0) {
        if (errno != EINTR) return fail_errno("cannot lock " + folder_.string());
    }
    return {};
}

std::optional<StoredFile> CacheEntry::load_notes() const {
    std::ifstream file(notes_of(folder_));
    const json value = json::parse(file, nullptr, false);
    if (!value.is_object()) return std::nullopt;
    try {
        return StoredFile{
            .etag = value.at("etag").get<std::string>(),
            .last_modified = value.at("last_modified").get<std::string>(),
            .file_name = value.at("file_name").get<std::string>(),
            .sha256 = value.at("sha256").get<std::string>(),
            .stamp =
                {.size = value.at("size").get<std::uint64_t>(),
                 .modified = value.at("modified").get<std::int64_t>()},
            .content_type = value.value("content_type", ""),
        };
    } catch (const json::exception&) {
        // A file of another version, or damaged: as if it were not there.
        return std::nullopt;
    }
}

std::optional<StoredFile> CacheEntry::load() const {
    auto stored = load_notes();
    if (!stored) return std::nullopt;
    // Runs hold hard links to the file; one of them may have been written to.
    const auto stamp = load_stamp(data());
    if (!stamp || *stamp != stored->stamp) return std::nullopt;
    return stored;
}

core::Result<void> CacheEntry::store(const StoredFile& file) const {
    const json value{
        {"etag", file.etag},
        {"last_modified", file.last_modified},
        {"file_name", file.file_name},
        {"sha256", file.sha256},
        {"size", file.stamp.size},
        {"modified", file.stamp.modified},
        {"content_type", file.content_type},
    };
    const std::string text = value.dump(2, ' ', false, json::error_handler_t::replace);
    const fs::path part = notes_of(folder_).string() + ".part";
    std::ofstream stream(part, std::ios::trunc);
    if (!(stream << text << std::flush)) return fail_errno("cannot write " + part.string());
    stream.close();
    std::error_code error;
    fs::rename(part, notes_of(folder_), error);
    if (error) return fail_errno("cannot rename " + part.string(), error);
    return {};
}

void CacheEntry::drop() const {
    std::error_code ignored;
    fs::remove(notes_of(folder_), ignored);
    fs::remove(data(), ignored);
}

}  // namespace reel::fetch
