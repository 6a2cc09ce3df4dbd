#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "reel/core/time.hpp"

namespace reel::dagfile {

/// Tells a file from what it was: whatever is written, renamed or linked changes one of these.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;  ///< 0: nothing is there
    std::uint64_t size = 0;
    std::int64_t changed_ns = 0;  ///< the inode's ctime, since 1970

    bool operator==(const FileStamp&) const = default;
    /// Whether a change after `at` gives another stamp: the times of files go by ticks of the
    /// kernel, and two changes within one look alike.
    [[nodiscard]] bool is_settled(core::Timestamp at) const;
};
[[nodiscard]] FileStamp stamp_of(const std::filesystem::path& file);

/// A DAG file, and by what a change of what it says is seen.
struct FoundFile {
    std::filesystem::path path;     ///< below the root
    std::vector<FileStamp> stamps;  ///< its own, then those of the defaults that apply to it
};

/// Every DAG file below `root`, sorted by path.
[[nodiscard]] std::vector<FoundFile> walk_dag_folder(const std::filesystem::path& root);

[[nodiscard]] bool is_defaults_name(std::string_view name);
/// Whether a file of this name is a DAG file where nothing ignores it.
[[nodiscard]] bool is_dag_file_name(std::string_view name);
/// Whether no file or folder of this name is looked at: hidden ones, but for what is ignored.
[[nodiscard]] bool is_left_out_name(std::string_view name);
/// Whether what a file of this name says is about other files, too.
[[nodiscard]] bool concerns_others(std::string_view name);

}  // namespace reel::dagfile
