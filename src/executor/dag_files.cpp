#include "dag_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace reel::executor {

namespace fs = std::filesystem;

fs::path dag_directory(const core::Dag& dag) {
    return fs::path(dag.fileloc).parent_path();
}

std::vector<fs::path> search_path(const core::Dag& dag) {
    fs::path folder = dag_directory(dag);
    std::vector<fs::path> folders{folder};
    const fs::path relative = fs::path(dag.relative_fileloc).parent_path();
    const auto levels_below = std::distance(relative.begin(), relative.end());
    for (auto level = levels_below + 1; level > 0 && folder.has_relative_path(); --level) {
        folder = folder.parent_path();
        folders.push_back(folder);
    }
    return folders;
}

core::Result<fs::path> find_file(const core::Dag& dag, const std::string& name) {
    std::vector<std::string> tried;
    for (const fs::path& folder : search_path(dag)) {
        fs::path candidate = (folder / name).lexically_normal();
        std::error_code ignored;
        if (fs::exists(candidate, ignored)) {
            return candidate;
        }
        if (std::ranges::find(tried, candidate.string()) == tried.end()) {
            tried.push_back(candidate.string());
        }
    }
    return core::fail(
        core::Errc::not_found,
        fmt::format("file '{}' was not found", name),
        fmt::format("looked at {}", fmt::join(tried, ", "))
    );
}

core::Result<std::string> read_text(const fs::path& path) {
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    if (!file || fs::is_directory(path, ignored)) {
        return core::fail(core::Errc::not_found, "the file cannot be read", {}, path.string());
    }
    return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace reel::executor
