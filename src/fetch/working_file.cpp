#include "working_file.hpp"

#include <sys/stat.h>

#include <system_error>

namespace reel::fetch {

namespace fs = std::filesystem;

std::unexpected<core::Error> fail_errno(const std::string& what, int number) {
    std::string hint;
    auto code = core::Errc::unavailable;
    if (number == ENOSPC || number == EDQUOT) hint = "free some space, then run it again";
    if (number == EFBIG) hint = "the process may not write files of that size (ulimit -f)";
    if (number == EACCES || number == EPERM) code = core::Errc::permission_denied;
    if (number == ENOENT) code = core::Errc::not_found;
    return core::fail(code, what + ": " + std::generic_category().message(number), hint);
}

std::unexpected<core::Error> fail_errno(const std::string& what, const std::error_code& error) {
    return fail_errno(what, error.value());
}

core::Result<void> write_all(const UniqueFd& fd, std::string_view bytes, const fs::path& name) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno("cannot write " + name.string());
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

core::Result<void> make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error && !fs::is_directory(folder, error) && !error) {
        error = std::make_error_code(std::errc::not_a_directory);
    }
    if (error) return fail_errno("cannot make the folder " + folder.string(), error);
    return {};
}

core::Result<ScratchFolder> ScratchFolder::make(fs::path path) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return fail_errno("cannot remove " + path.string(), error);
    if (auto made = make_folder(path); !made) return std::unexpected(std::move(made.error()));
    return ScratchFolder(std::move(path));
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

core::Result<FileStamp> load_stamp(const fs::path& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return fail_errno("cannot read " + file.string());
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    return FileStamp{
        .size = static_cast<std::uint64_t>(status.st_size),
        .modified = status.st_mtim.tv_sec * nanoseconds + status.st_mtim.tv_nsec,
    };
}

}  // namespace reel::fetch
