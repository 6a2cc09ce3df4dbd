#include "warehouse/stage/locate.hpp"

#include <algorithm>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

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
    auto names = list_files(data_dir);
    const auto guess = did_you_mean(path, names);
    const auto total = names.size();
    names.resize(std::min(total, max_listed));
    const auto more = total > max_listed ? fmt::format(" and {} more", total - max_listed) : "";
    const auto there = names.empty() ? "the folder is empty or missing"
                                     : fmt::format("there are: {}{}", comma_list(names), more);
    return core::fail(
        core::Errc::not_found,
        fmt::format("there is no file '{}'{}", path, guess),
        there,
        data_dir.string()
    );
}

}  // namespace

core::Result<fs::path> locate_source(const fs::path& data_dir, const std::string& path) {
    fs::path direct = data_dir / path;  // an absolute path stays as it is
    if (is_file(direct)) {
        return direct;
    }
    if (fs::path(path).is_absolute()) {
        return missing(direct.parent_path(), direct.filename().string());
    }
    std::vector<fs::path> deeper;
    for (const auto& folder : entries(data_dir)) {
        if (is_file(folder / path)) {
            deeper.push_back(folder / path);
        }
    }
    if (deeper.size() == 1) {
        return deeper.front();
    }
    if (deeper.size() > 1) {
        std::vector<std::string> names;
        names.reserve(deeper.size());
        for (const auto& file : deeper) {
            names.push_back(file.lexically_relative(data_dir).string());
        }
        return core::fail(
            core::Errc::not_found,
            fmt::format("'{}' is in several folders: {}", path, comma_list(names)),
            "write the folder in source.path",
            data_dir.string()
        );
    }
    return missing(data_dir, path);
}

}  // namespace reel::warehouse
