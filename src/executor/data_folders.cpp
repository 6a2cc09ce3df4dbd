#include "data_folders.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "run_paths.hpp"

namespace reel::executor {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_spares = 64;

/// nullopt for what is no folder, 0 never.
std::optional<mode_t> mode_of(const fs::path& folder) {
    struct stat status{};
    if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
    return status.st_mode;
}

}  // namespace

void DataFolders::make(const core::DagId& dag_id, const core::RunId& run_id) {
    const fs::path folder = run_directory(data_, dag_id, run_id);
    const std::scoped_lock lock(mutex_);
    if (mode_of(folder) || take_spare(folder)) return;
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    if (made_mode_ == 0) made_mode_ = mode_of(folder).value_or(0);
}

bool DataFolders::take_spare(const fs::path& folder) {
    std::error_code failure;
    if (spares_.empty()) return false;
    const fs::path spare = std::move(spares_.back());
    spares_.pop_back();
    fs::create_directories(folder.parent_path(), failure);
    if (!fs::is_empty(spare, failure) || failure) return false;
    fs::rename(spare, folder, failure);
    return !failure;
}

bool DataFolders::keep_spare(const fs::path& folder) {
    std::error_code failure;
    const bool is_as_made = made_mode_ != 0 && mode_of(folder) == made_mode_;
    if (spares_.size() >= most_spares || !is_as_made || !fs::is_empty(folder, failure))
        return false;
    // Another program of this home may keep some beside ours.
    fs::path spare = data_ / "spare" / fmt::format("{}-{}", ::getpid(), kept_++);
    fs::create_directories(spare.parent_path(), failure);
    fs::rename(folder, spare, failure);
    if (!failure) spares_.push_back(std::move(spare));
    return !failure;
}

std::error_code DataFolders::remove(const core::DagId& dag_id, const core::RunId& run_id) {
    const fs::path folder = run_directory(data_, dag_id, run_id);
    const std::scoped_lock lock(mutex_);
    std::error_code failure;
    if (!keep_spare(folder)) fs::remove_all(folder, failure);
    return failure;
}

}  // namespace reel::executor
