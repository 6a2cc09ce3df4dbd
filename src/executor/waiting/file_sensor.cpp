#include "file_sensor.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace reel::executor {

namespace fs = std::filesystem;

namespace {

using Parts = std::span<const std::string>;

bool has_wildcard(const std::string& name) {
    return name.find_first_of("*?[") != std::string::npos;
}

/// The names in a folder in order; none where it cannot be read.
std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

class FileSearch final {
  public:
    explicit FileSearch(const FileWish& wish) : wish_(wish) {}

    /// The first path below `base` that fits the parts and is what was wished for.
    std::optional<fs::path> find(const fs::path& base, Parts parts) {
        if (parts.empty()) {
            return is_wanted(base) ? std::optional(base) : std::nullopt;
        }
        if (wish_.recursive && parts.front() == "**") {
            return find_below(base, parts.subspan(1));
        }
        if (!has_wildcard(parts.front())) {
            return find(base / parts.front(), parts.subspan(1));
        }
        for (const std::string& name : names_in(base)) {
            if (::fnmatch(parts.front().c_str(), name.c_str(), FNM_PERIOD) != 0) {
                continue;
            }
            if (auto found = find(base / name, parts.subspan(1))) {
                return found;
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::size_t too_small() const { return too_small_; }
    [[nodiscard]] std::size_t empty_folders() const { return empty_folders_; }

  private:
    std::optional<fs::path> find_below(const fs::path& base, Parts rest) {
        if (auto found = find(base, rest)) {
            return found;
        }
        std::error_code error;
        for (const std::string& name : names_in(base)) {
            const fs::path below = base / name;
            // A link could lead back up.
            const bool is_folder =
                !name.starts_with('.') &&
                fs::symlink_status(below, error).type() == fs::file_type::directory;
            if (!is_folder) {
                continue;
            }
            if (auto found = find_below(below, rest)) {
                return found;
            }
        }
        return std::nullopt;
    }

    bool is_wanted(const fs::path& path) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (fs::is_regular_file(status)) {
            return is_big_enough(path);
        }
        if (!fs::is_directory(status)) {
            return fs::exists(status);
        }
        fs::recursive_directory_iterator entry(
            path, fs::directory_options::skip_permission_denied, error
        );
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            if (entry->is_regular_file(error) && is_big_enough(entry->path())) {
                return true;
            }
        }
        ++empty_folders_;
        return false;
    }

    bool is_big_enough(const fs::path& path) {
        std::error_code error;
        const auto size = fs::file_size(path, error);
        const bool is_enough = wish_.min_size == 0 || (!error && size >= wish_.min_size);
        too_small_ += is_enough ? 0 : 1;
        return is_enough;
    }

    const FileWish& wish_;
    std::size_t too_small_ = 0;
    std::size_t empty_folders_ = 0;
};

}  // namespace

Poke look_for_file(const FileWish& wish) {
    std::vector<std::string> parts;
    for (const fs::path& part : wish.pattern.relative_path()) {
        if (!part.empty()) {
            parts.push_back(part.string());
        }
    }
    FileSearch search(wish);
    const auto found = search.find(wish.pattern.root_path(), parts);
    if (found) {
        Poke poke = met(fmt::format("found {}", found->string()));
        poke.xcoms["return_value"] = found->string();
        return poke;
    }
    const std::string name = wish.pattern.string();
    if (search.too_small() > 0) {
        return not_yet(fmt::format("{} has fewer than {} bytes", name, wish.min_size));
    }
    return not_yet(
        search.empty_folders() > 0 ? fmt::format("{} has no file in it", name)
                                   : fmt::format("there is no {}", name)
    );
}

}  // namespace reel::executor
