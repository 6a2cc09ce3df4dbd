#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "reel/core/result.hpp"
#include "working_file.hpp"

namespace reel::fetch {

/// What is known of a whole file that was fetched before.
struct StoredFile {
    std::string etag;
    std::string last_modified;
    std::string file_name;
    std::string sha256;
    FileStamp stamp;  ///< of the file when it was stored
    std::string content_type = {};
};

/// The folder that keeps one source's download: `data`, `entry.json`, a part under way, and a lock
/// that keeps a second download of the same source out while this object lives.
class CacheEntry final {
  public:
    /// Waits for the lock; `on_wait` is called once when it is taken.
    template <class OnWait>
    [[nodiscard]] static core::Result<CacheEntry> open(
        std::filesystem::path folder, const OnWait& on_wait
    ) {
        auto entry = prepare(std::move(folder));
        if (entry && !entry->try_lock()) {
            on_wait();
            if (auto locked = entry->lock(); !locked) {
                return std::unexpected(std::move(locked.error()));
            }
        }
        return entry;
    }

    /// nullopt without one, or when the file is no longer the one that was stored.
    [[nodiscard]] std::optional<StoredFile> load() const;
    /// The same for a file that lies elsewhere: only its sums are kept here.
    [[nodiscard]] std::optional<StoredFile> load_notes() const;
    [[nodiscard]] core::Result<void> store(const StoredFile& file) const;
    void drop() const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::filesystem::path data() const { return folder_ / "data"; }

  private:
    CacheEntry(std::filesystem::path folder, UniqueFd lock)
        : folder_(std::move(folder)), lock_(std::move(lock)) {}
    [[nodiscard]] static core::Result<CacheEntry> prepare(std::filesystem::path folder);
    [[nodiscard]] bool try_lock() const;
    [[nodiscard]] core::Result<void> lock() const;

    std::filesystem::path folder_;
    UniqueFd lock_;
};

}  // namespace reel::fetch
