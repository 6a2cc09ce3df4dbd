#include "warehouse/stage/passing_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace reel::warehouse {

namespace fs = std::filesystem;

namespace {

constexpr int most_at_once = 1000;

std::unexpected<core::Error> cannot_make(const fs::path& path, const std::error_code& error) {
    return core::fail(
        core::Errc::unavailable, "cannot make a folder: " + error.message(), {}, path.string()
    );
}

void sweep(const fs::path& folder) {
    std::error_code ignored;
    for (fs::directory_iterator at(folder, ignored); at != fs::directory_iterator();
         at.increment(ignored)) {
        fs::remove_all(at->path(), ignored);
        if (ignored) return;
    }
}

/// Whoever held it may have removed it between our opening and our locking of it.
bool is_still_there(int folder, const fs::path& path) {
    struct stat opened{};
    struct stat named{};
    return ::fstat(folder, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

core::Result<std::unique_ptr<PassingFolder>> PassingFolder::take(const fs::path& base) {
    for (int i = 0; i < most_at_once; ++i) {
        const fs::path path = i == 0 ? base : fs::path(fmt::format("{}-{}", base.string(), i));
        std::error_code error;
        fs::create_directories(path, error);
        if (error) return cannot_make(path, error);
        const int lock = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (lock < 0) return cannot_make(path, {errno, std::generic_category()});
        if (::flock(lock, LOCK_EX | LOCK_NB) == 0 && is_still_there(lock, path)) {
            sweep(path);
            return std::unique_ptr<PassingFolder>(new PassingFolder(path, lock));
        }
        ::close(lock);
    }
    return core::fail(core::Errc::unavailable, "too many loads of one source at once");
}

PassingFolder::~PassingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    ::close(lock_);
}

}  // namespace reel::warehouse
