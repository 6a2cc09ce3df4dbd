#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace reel::postgres {

/// Device and inode of the data folder: stays the same when the home folder is renamed, and stands
/// in the server's command line, where everybody may read it.
[[nodiscard]] std::string cluster_mark(const std::filesystem::path& data);

/// The setting that carries the mark.
inline constexpr const char* cluster_mark_setting = "reel.cluster";

/// What postmaster.pid says, whether true or left over.
struct PostmasterFile {
    pid_t pid = 0;
    bool is_ready = false;  ///< accepts connections
};
[[nodiscard]] std::optional<PostmasterFile> read_postmaster_file(const std::filesystem::path& data);

/// The server that runs on this data folder; nullopt when there is none (a process that only has
/// the same id by chance is none).
[[nodiscard]] std::optional<PostmasterFile> find_postmaster(const std::filesystem::path& data);

/// Removes what a killed server left behind if it would keep the next one from starting. Postgres
/// does that itself unless the old process id is in use again.
void clear_leftovers(const std::filesystem::path& data, const std::filesystem::path& socket);

}  // namespace reel::postgres
