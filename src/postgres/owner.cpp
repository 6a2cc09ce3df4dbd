#include "owner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;

std::string words(int error) {
    return std::generic_category().message(error);
}

core::Errc kind_of(int error) {
    return error == ENOSPC || error == EDQUOT ? core::Errc::unavailable
                                              : core::Errc::permission_denied;
}

std::string name_of(uid_t uid) {
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? found->pw_name : fmt::format("uid {}", uid);
}

auto cannot_make(const fs::path& path, int error) {
    return core::fail(
        kind_of(error),
        fmt::format("cannot make it: {}", words(error)),
        "choose another home with REEL_HOME, or mend the folder's permissions",
        path.string()
    );
}

}  // namespace

core::Result<Owner> find_owner(const std::string& run_as_user) {
    if (const uid_t self = ::geteuid(); self != 0) {
        return Owner{self, ::getegid(), name_of(self), false};
    }
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    ::getpwnam_r(run_as_user.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr || found->pw_uid == 0) {
        return core::fail(
            core::Errc::not_found,
            fmt::format(
                "PostgreSQL refuses to run as root, and there is no user \"{}\" to run it as",
                run_as_user
            ),
            "install PostgreSQL (apt-get install -y postgresql makes that user), or run Reel as an "
            "ordinary user"
        );
    }
    return Owner{found->pw_uid, found->pw_gid, run_as_user, true};
}

core::Result<void> make_private_folder(const fs::path& folder, const Owner& owner) {
    std::error_code error;
    fs::create_directories(folder.parent_path(), error);
    if (error) return cannot_make(folder.parent_path(), error.value());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return cannot_make(folder, errno);

    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0) return cannot_make(folder, errno);
    const bool is_ours = status.st_uid == owner.uid || (owner.must_switch && status.st_uid == 0);
    if (!is_ours) {
        return core::fail(
            core::Errc::permission_denied,
            fmt::format(
                "the folder belongs to {}, the database would run as {}",
                name_of(status.st_uid),
                owner.name
            ),
            "run Reel as that user or choose another home with REEL_HOME",
            folder.string()
        );
    }
    if (!S_ISDIR(status.st_mode)) return cannot_make(folder, ENOTDIR);
    if (status.st_uid != owner.uid && ::chown(folder.c_str(), owner.uid, owner.gid) != 0) {
        return cannot_make(folder, errno);
    }
    if ((status.st_mode & 07777U) != 0700U && ::chmod(folder.c_str(), 0700) != 0) {
        return cannot_make(folder, errno);
    }
    return {};
}

core::Result<void> write_private_file(
    const fs::path& file, const std::string& text, const Owner& owner
) {
    ::unlink(file.c_str());
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot_make(file, errno);
    const bool written =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        (!owner.must_switch || ::fchown(descriptor, owner.uid, owner.gid) == 0) &&
        ::fsync(descriptor) == 0;
    const int error = errno;
    ::close(descriptor);
    if (!written) return cannot_make(file, error);
    return {};
}

}  // namespace reel::postgres
