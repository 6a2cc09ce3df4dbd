#include "run_paths.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "reel/executor/process_executor.hpp"
#include "reel/runner/unique_fd.hpp"

namespace reel::executor {

namespace fs = std::filesystem;

namespace {

/// Of any file system in use; ids may be 250 bytes long, and have a word before them here.
constexpr std::size_t longest_name = 255;

/// FNV-1a: paths must be the same in every build.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
    return hash;
}

/// Makes room behind the name of this id.
void cut(std::string& name, std::string_view id, std::size_t suffix_size) {
    const std::string mark = fmt::format("~{:016x}", hash_of(id));
    const std::size_t size = name.size() + suffix_size;
    // One that looks as if it were cut must not be taken for it.
    const bool looks_cut = size == longest_name && name[name.size() - mark.size()] == mark[0];
    if (size == longest_name && !looks_cut) return;
    name.resize(longest_name - suffix_size - mark.size());
    name += mark;
}

/// "dag_id=movies", with `suffix` behind it.
std::string name_of(std::string_view word, std::string_view id, std::string_view suffix = "") {
    std::string name = fmt::format("{}={}", word, id);
    if (name.size() + suffix.size() >= longest_name) cut(name, id, suffix.size());
    name += suffix;
    return name;
}

/// Until 0.2 each task had a folder to itself, as in Airflow; a folder costs more than the log.
fs::path old_log_path(const fs::path& logs, const core::TaskKey& key, int try_number) {
    fs::path folder = logs / fmt::format("dag_id={}", key.dag_id.str()) /
                      fmt::format("run_id={}", key.run_id.str()) /
                      fmt::format("task_id={}", key.task_id.str());
    if (key.map_index >= 0) folder /= fmt::format("map_index={}", key.map_index);
    return folder / fmt::format("attempt={}.log", try_number);
}

}  // namespace

fs::path run_directory(const fs::path& root, const core::DagId& dag_id, const core::RunId& run_id) {
    return root / name_of("dag_id", dag_id.str()) / name_of("run_id", run_id.str());
}

void make_root(const fs::path& root) {
    std::error_code ignored;
    fs::create_directories(root, ignored);
    const runner::UniqueFd folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    int flags = 0;
    if (!folder || ::ioctl(folder.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
    flags |= FS_TOPDIR_FL;
    static_cast<void>(::ioctl(folder.get(), FS_IOC_SETFLAGS, &flags));
}

fs::path log_path(const fs::path& logs, const core::TaskKey& key, int try_number) {
    const std::string map_index =
        key.map_index >= 0 ? fmt::format(".map_index={}", key.map_index) : "";
    return run_directory(logs, key.dag_id, key.run_id) /
           name_of(
               "task_id", key.task_id.str(), fmt::format("{}.attempt={}.log", map_index, try_number)
           );
}

fs::path find_log(const fs::path& logs, const core::TaskKey& key, int try_number) {
    fs::path path = log_path(logs, key, try_number);
    std::error_code ignored;
    if (fs::exists(path, ignored)) return path;
    const fs::path old = old_log_path(logs, key, try_number);
    return fs::exists(old, ignored) ? old : path;
}

bool is_log_name(std::string_view name) {
    return name.ends_with(".log") && (name.starts_with("task_id=") || name.starts_with("attempt="));
}

}  // namespace reel::executor
