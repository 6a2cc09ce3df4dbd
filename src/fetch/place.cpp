#include "place.hpp"

#include <string>
#include <system_error>

#include "reel/core/crash_point.hpp"
#include "working_file.hpp"

namespace reel::fetch {

namespace fs = std::filesystem;

namespace {

/// A name beside the target that an interrupted earlier call may have left.
fs::path fresh_name_beside(const fs::path& to) {
    const fs::path name = to.parent_path() / ("." + to.filename().string() + ".part");
    std::error_code ignored;
    fs::remove_all(name, ignored);
    return name;
}

core::Result<void> rename_over(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (!error) return {};
    std::error_code ignored;
    fs::remove(from, ignored);
    return fail_errno("cannot put " + to.string() + " in its place", error);
}

bool is_link_of(const fs::path& to, const fs::path& from) {
    std::error_code error;
    return !fs::is_symlink(to, error) && fs::equivalent(from, to, error) && !error;
}

}  // namespace

core::Result<void> place_file(const fs::path& from, const fs::path& to) {
    const core::Durably durably(core::Durable::place_download);
    // Renaming one hard link over another of the same file does nothing and leaves both.
    if (is_link_of(to, from)) return {};
    const fs::path part = fresh_name_beside(to);
    std::error_code error;
    fs::create_hard_link(from, part, error);
    if (error) fs::copy_file(from, part, fs::copy_options::overwrite_existing, error);
    if (error) {
        std::error_code ignored;
        fs::remove(part, ignored);
        return fail_errno("cannot write " + to.string(), error);
    }
    return rename_over(part, to);
}

core::Result<void> place_link(const fs::path& target, const fs::path& to) {
    const core::Durably durably(core::Durable::place_download);
    const fs::path part = fresh_name_beside(to);
    std::error_code error;
    fs::create_symlink(target, part, error);
    if (error) return fail_errno("cannot link " + to.string(), error);
    return rename_over(part, to);
}

core::Result<void> merge_folder(const fs::path& from, const fs::path& into) {
    std::error_code error;
    const fs::directory_iterator entries(from, error);
    if (error) return fail_errno("cannot read " + from.string(), error);
    for (const auto& entry : entries) {
        const fs::path to = into / entry.path().filename();
        const bool merges = entry.is_directory() && fs::is_directory(to, error);
        auto moved = merges ? merge_folder(entry.path(), to) : rename_over(entry.path(), to);
        if (!moved) return moved;
    }
    return {};
}

}  // namespace reel::fetch
