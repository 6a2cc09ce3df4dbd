#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "reel/core/result.hpp"

namespace reel::postgres {

/// The user a server runs as. Postgres refuses to run as root, so root becomes someone else.
struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;
    bool must_switch = false;  ///< we are root and have to become that user
};

/// This process' own user, or for root the user called `run_as_user`.
[[nodiscard]] core::Result<Owner> find_owner(const std::string& run_as_user);

/// A folder that only `owner` may enter, made where it is missing (its parents too).
/// Errc::permission_denied when it belongs to somebody else or cannot be made.
[[nodiscard]] core::Result<void> make_private_folder(
    const std::filesystem::path& folder, const Owner& owner
);

/// A file that only `owner` may read.
[[nodiscard]] core::Result<void> write_private_file(
    const std::filesystem::path& file, const std::string& text, const Owner& owner
);

}  // namespace reel::postgres
