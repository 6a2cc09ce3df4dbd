#include "work_folders.hpp"

#include <sys/stat.h>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

namespace fs = std::filesystem;

namespace {

/// The times of files go by ticks of the kernel, of 1 to 10 ms.
constexpr std::chrono::milliseconds tick(20);

bool is_as_it_was_made(const fs::path& folder) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(folder, error);
    return !error && fs::is_directory(status) && status.permissions() == fs::perms::owner_all &&
           fs::is_empty(folder, error) && !error;
}

}  // namespace

core::Result<void> make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error && fs::is_directory(folder, error)) return {};
    return core::fail(
        core::Errc::unavailable,
        "cannot make the working directory " + folder.string() + ": " +
            (error ? error.message() : describe_errno(ENOTDIR))
    );
}

std::optional<WorkFolders::Stamp> WorkFolders::stamp_of(const fs::path& folder) {
    struct stat status{};
    if (::lstat(folder.c_str(), &status) != 0) return std::nullopt;
    using namespace std::chrono;
    const auto changed = seconds(status.st_ctim.tv_sec) + nanoseconds(status.st_ctim.tv_nsec);
    if (system_clock::now().time_since_epoch() - changed <= tick) return std::nullopt;
    return Stamp{.inode = status.st_ino, .changed_ns = nanoseconds(changed).count()};
}

bool WorkFolders::is_as_it_was(
    const fs::path& folder, const std::optional<Stamp>& before, const std::optional<Stamp>& now
) {
    return (before && before == now) || is_as_it_was_made(folder);
}

core::Result<fs::path> WorkFolders::take() {
    while (!free_.empty()) {
        auto folder = free_.extract(free_.begin());
        if (!is_as_it_was(folder.key(), folder.mapped(), stamp_of(folder.key()))) continue;
        return taken_.insert(std::move(folder)).position->first;
    }
    fs::path folder = directory_ / std::to_string(made_++);
    if (auto made = make_folder(folder); !made) return std::unexpected(std::move(made.error()));
    std::error_code error;
    fs::permissions(folder, fs::perms::owner_all, error);
    return folder;
}

void WorkFolders::give_back(const fs::path& folder) {
    const auto taken = taken_.extract(folder.native());
    const auto now = stamp_of(folder);
    if (is_as_it_was(folder, taken.empty() ? std::nullopt : taken.mapped(), now)) {
        free_.emplace(folder.native(), now);
        return;
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

void WorkFolders::sweep() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

}  // namespace reel::runner
