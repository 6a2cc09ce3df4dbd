#include "home.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "reel/core/crash_point.hpp"
#include "reel/runner/unique_fd.hpp"

namespace reel::daemon {

namespace fs = std::filesystem;

namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

core::Errc code_of(int error) {
    return error == EACCES || error == EPERM ? core::Errc::permission_denied
                                             : core::Errc::unavailable;
}

std::unexpected<core::Error> failed(const std::string& what, const fs::path& path, int error) {
    return core::fail(
        code_of(error), fmt::format("cannot {}: {}", what, std::strerror(error)), {}, path.string()
    );
}

core::Result<void> make_folder(const fs::path& folder) {
    std::error_code error;
    const bool made = fs::create_directories(folder, error);
    if (error) return failed("make the folder", folder, error.value());
    if (made) fs::permissions(folder, fs::perms::owner_all, error);
    return {};
}

/// Nothing of a file that is not there; one that cannot be read is an error, or its secret would be
/// replaced.
core::Result<std::string> read_file(const fs::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return std::string();
    if (fd < 0) return failed("read", file, errno);
    std::string text;
    std::array<char, 4096> bytes{};
    ssize_t count = 0;
    while ((count = ::read(fd, bytes.data(), bytes.size())) > 0) {
        text.append(bytes.data(), static_cast<std::size_t>(count));
    }
    const int error = errno;
    ::close(fd);
    if (count < 0) return failed("read", file, error);
    return text;
}

std::string random_hex() {
    constexpr std::size_t bytes = 32;
    std::array<unsigned char, bytes> raw{};
    randombytes_buf(raw.data(), raw.size());
    std::string text;
    for (const unsigned byte : raw) text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace

core::Result<HomeLock> HomeLock::take(const fs::path& home) {
    const fs::path run = home / "run";
    if (auto made = make_folder(home); !made) return std::unexpected(made.error());
    if (auto made = make_folder(run); !made) return std::unexpected(made.error());
    const fs::path file = run / "reel.lock";
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
    if (fd < 0) return failed("open the lock", file, errno);
    HomeLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        return core::fail(
            core::Errc::conflict,
            fmt::format(
                "another Reel (pid {}) owns this home folder", read_file(file).value_or("?")
            ),
            "stop it first, or give this one a home of its own with REEL_HOME",
            home.string()
        );
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
        return failed("write the lock", file, errno);
    }
    return lock;
}

std::optional<HomeLock> HomeLock::try_lead(const fs::path& home) {
    const fs::path run = home / "run";
    if (auto made = make_folder(home); !made) return std::nullopt;
    if (auto made = make_folder(run); !made) return std::nullopt;
    const int fd = ::open((run / "leader.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
    if (fd < 0) return std::nullopt;
    HomeLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return std::nullopt;
    return lock;
}

HomeLock::HomeLock(HomeLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

HomeLock::~HomeLock() {
    if (fd_ >= 0) ::close(fd_);
}

namespace {

core::Result<std::string> read_secret(const fs::path& file) {
    auto read = read_file(file);
    if (!read) return read;
    while (!read->empty() && (read->back() == '\n' || read->back() == '\r')) read->pop_back();
    return read;
}

/// A file beside it with the text, readable by the owner alone.
core::Result<fs::path> write_part(const fs::path& file, const std::string& text) {
    if (auto made = make_folder(file.parent_path()); !made) return std::unexpected(made.error());
    fs::path part = fmt::format("{}.{}.part", file.string(), ::getpid());
    ::unlink(part.c_str());  // one that was left behind may be open to others, or lead elsewhere
    const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, owner_only);
    if (fd < 0) return failed("write", part, errno);
    const bool whole = std::cmp_equal(::write(fd, text.data(), text.size()), text.size());
    const int error = errno;
    ::close(fd);
    if (!whole) return failed("write", part, error);
    return part;
}

/// Who holds it makes something in the folder alone; let go by the holder's end, too.
core::Result<runner::UniqueFd> lock_folder(const fs::path& folder) {
    if (auto made = make_folder(folder); !made) return std::unexpected(made.error());
    runner::UniqueFd lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock || ::flock(lock.get(), LOCK_EX) != 0) return failed("lock", folder, errno);
    return lock;
}

}  // namespace

core::Result<std::string> load_or_make_secret(const fs::path& file) {
    auto text = read_secret(file);
    if (!text || !text->empty()) return text;
    const core::Durably durably(core::Durable::make_secret);
    const auto lock = lock_folder(file.parent_path());
    if (!lock) return std::unexpected(lock.error());
    // Somebody else may have made it meanwhile. An empty file stands for none.
    text = read_secret(file);
    if (!text || !text->empty()) return text;
    const auto part = write_part(file, random_hex() + "\n");
    if (!part) return std::unexpected(part.error());
    if (::rename(part->c_str(), file.c_str()) != 0) return failed("write", file, errno);
    return read_secret(file);
}

core::Result<void> write_private(const fs::path& file, const std::string& text) {
    const core::Durably durably(core::Durable::write_token);
    const auto part = write_part(file, text);
    if (!part) return std::unexpected(part.error());
    if (::rename(part->c_str(), file.c_str()) != 0) return failed("replace", file, errno);
    return {};
}

}  // namespace reel::daemon
