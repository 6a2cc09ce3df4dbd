#include "warehouse/stage/locate.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/source/glob.hpp"

namespace reel::warehouse {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_listed = 20;

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

std::vector<fs::path> entries(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code failure;
    for (fs::directory_iterator at(folder, failure); !failure && at != fs::directory_iterator();
         at.increment(failure)) {
        found.push_back(at->path());
    }
    std::ranges::sort(found);
    return found;
}

/// Files of the folder and of its folders, relative to it.
std::vector<std::string> list_files(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : entries(folder)) {
        if (is_file(entry)) {
            names.push_back(entry.filename().string());
            continue;
        }
        for (const auto& inner : entries(entry)) {
            if (is_file(inner)) {
                names.push_back((entry.filename() / inner.filename()).string());
            }
        }
    }
    return names;
}

std::unexpected<core::Error> missing(const fs::path& data_dir, const std::string& path) {
    const std::string_view what = is_glob(path) ? "no file fits" : "there is no file";
    auto names = list_files(data_dir);
    const auto guess = did_you_mean(path, names);
    const auto total = names.size();
    names.resize(std::min(total, max_listed));
    const auto more = total > max_listed ? fmt::format(" and {} more", total - max_listed) : "";
    const auto there = names.empty() ? "the folder is empty or missing"
                                     : fmt::format("there are: {}{}", comma_list(names), more);
    return core::fail(
        core::Errc::not_found, fmt::format("{} '{}'{}", what, path, guess), there, data_dir.string()
    );
}

/// What `path` means right there: a file, the files of a folder, or those that fit a pattern.
std::vector<fs::path> files_at(const fs::path& folder, const std::string& path) {
    const fs::path direct = folder / path;  // an absolute path stays as it is
    if (is_file(direct)) {
        return {direct};
    }
    std::error_code ignored;
    if (fs::is_directory(direct, ignored)) {
        return list_files_below(direct);
    }
    return is_glob(path) ? find_by_glob(folder, path) : std::vector<fs::path>();
}

/// The same one folder further down, in the only folder that has it.
core::Result<std::vector<fs::path>> files_deeper(
    const fs::path& data_dir, const std::string& path
) {
    std::vector<fs::path> files;
    std::vector<std::string> folders;
    for (const auto& folder : entries(data_dir)) {
        auto found = files_at(folder, path);
        if (!found.empty()) {
            folders.push_back((folder.filename() / path).string());
            files = std::move(found);
        }
    }
    if (folders.size() > 1) {
        return core::fail(
            core::Errc::not_found,
            fmt::format("'{}' is in several folders: {}", path, comma_list(folders)),
            "write the folder in source.path",
            data_dir.string()
        );
    }
    return files;
}

std::string name_of(const fs::path& file, const fs::path& data_dir) {
    const fs::path relative = file.lexically_relative(data_dir);
    const bool is_below = !relative.empty() && *relative.begin() != "..";
    return (is_below ? relative : file).string();
}

}  // namespace

core::Result<std::vector<LocatedFile>> locate_sources(
    const fs::path& data_dir, const std::string& path
) {
    auto files = files_at(data_dir, path);
    const bool is_absolute = fs::path(path).is_absolute();
    if (files.empty() && !is_absolute) {
        auto deeper = files_deeper(data_dir, path);
        if (!deeper) {
            return std::unexpected(deeper.error());
        }
        files = *std::move(deeper);
    }
    if (files.empty() && is_absolute) {
        const fs::path whole(path);
        return missing(whole.parent_path(), whole.filename().string());
    }
    if (files.empty()) {
        return missing(data_dir, path);
    }
    const bool is_named =
        files.size() == 1 && files.front().filename() == fs::path(path).filename();
    std::vector<LocatedFile> located;
    located.reserve(files.size());
    for (const auto& file : files) {
        located.push_back({file, is_named ? path : name_of(file, data_dir)});
    }
    return located;
}

}  // namespace reel::warehouse
