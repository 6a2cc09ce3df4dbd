#include "warehouse/source/glob.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <system_error>

namespace reel::warehouse {

namespace fs = std::filesystem;

namespace {

using Components = std::vector<std::string>;

Components components_of(std::string_view path) {
    Components components;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        if (slash > 0) components.emplace_back(path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return components;
}

bool fits_component(const std::string& pattern, const std::string& name) {
    return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

/// Which components of the pattern may come next, when those of the path up to here fit.
using Reached = std::vector<bool>;

/// Where the pattern can stand without another component: behind any number of **.
void pass_any(const Components& pattern, Reached& reached) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (reached[i] && pattern[i] == "**") reached[i + 1] = true;
    }
}

bool fits(const Components& pattern, const Components& path) {
    Reached reached(pattern.size() + 1);
    reached[0] = true;
    pass_any(pattern, reached);
    for (const auto& name : path) {
        Reached next(pattern.size() + 1);
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            if (!reached[i]) continue;
            if (pattern[i] == "**") {
                next[i] = next[i] || !name.starts_with('.');
            } else if (fits_component(pattern[i], name)) {
                next[i + 1] = true;
            }
        }
        reached = std::move(next);
        pass_any(pattern, reached);
    }
    return reached.back();
}

bool is_hidden(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with('.') || name.starts_with('_');
}

/// Of a pattern, the folder in front of its first component that is one.
fs::path fixed_part(const fs::path& pattern) {
    fs::path fixed;
    for (const auto& component : pattern.parent_path()) {
        if (is_glob(component.string())) break;
        fixed /= component;
    }
    return fixed;
}

/// The regular files below a folder that are wanted, sorted; `enters` says which folders are looked
/// into, by their path and depth.
template <class Enters, class Wanted>
std::vector<fs::path> walk(const fs::path& folder, Enters enters, Wanted wanted) {
    std::vector<fs::path> found;
    std::error_code failure;
    const auto options = fs::directory_options::skip_permission_denied;
    fs::recursive_directory_iterator at(folder, options, failure);
    for (; !failure && at != fs::recursive_directory_iterator(); at.increment(failure)) {
        std::error_code ignored;
        if (!enters(at->path(), static_cast<std::size_t>(at.depth()))) {
            at.disable_recursion_pending();
        }
        if (at->is_regular_file(ignored) && wanted(at->path())) found.push_back(at->path());
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace

bool is_glob(std::string_view path) {
    return path.find_first_of("*?[") != std::string_view::npos;
}

bool fits_glob(std::string_view pattern, std::string_view path) {
    return fits(components_of(pattern), components_of(path));
}

std::vector<fs::path> list_files_below(const fs::path& folder) {
    const auto enters = [](const fs::path& inner, std::size_t) { return !is_hidden(inner); };
    return walk(folder, enters, [](const fs::path& file) { return !is_hidden(file); });
}

std::vector<fs::path> find_by_glob(const fs::path& folder, const std::string& pattern) {
    const fs::path whole = folder / pattern;  // an absolute pattern stays as it is
    const fs::path from = fixed_part(whole);
    const Components wanted = components_of(whole.lexically_relative(from).string());
    const bool any_depth = std::ranges::find(wanted, "**") != wanted.end();
    const auto enters = [&](const fs::path&, std::size_t depth) {
        return any_depth || depth + 1 < wanted.size();
    };
    return walk(from, enters, [&](const fs::path& file) {
        return fits(wanted, components_of(file.lexically_relative(from).string()));
    });
}

}  // namespace reel::warehouse
