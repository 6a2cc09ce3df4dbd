#include "work_folders.hpp"

#include <string>
#include <system_error>
#include <utility>

#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

namespace fs = std::filesystem;

namespace {

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

core::Result<fs::path> WorkFolders::take() {
    while (!free_.empty()) {
        fs::path folder = std::move(free_.extract(free_.begin()).value());
        if (is_as_it_was_made(folder)) return folder;
    }
    fs::path folder = directory_ / std::to_string(made_++);
    if (auto made = make_folder(folder); !made) return std::unexpected(std::move(made.error()));
    std::error_code error;
    fs::permissions(folder, fs::perms::owner_all, error);
    return folder;
}

void WorkFolders::give_back(const fs::path& folder) {
    if (is_as_it_was_made(folder)) {
        free_.insert(folder);
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
