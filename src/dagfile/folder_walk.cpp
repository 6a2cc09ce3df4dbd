#include "folder_walk.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>

#include "ignore.hpp"
#include "text_file.hpp"

namespace reel::dagfile {

namespace fs = std::filesystem;

namespace {

// Ticks of the kernel are 1 to 10 ms.
constexpr std::chrono::milliseconds tick(20);

constexpr std::string_view ignore_file_name = ".airflowignore";

class FolderWalk final {
  public:
    explicit FolderWalk(const fs::path& root) : root_(root) {}

    std::vector<FoundFile> walk() {
        enter({});
        std::ranges::sort(files_, {}, &FoundFile::path);
        return std::move(files_);
    }

  private:
    struct IgnoreFile {
        std::string folder;  ///< below the root; "" or with a '/' behind
        IgnoreRules rules;
    };

    void enter(const fs::path& below) {
        std::error_code error;
        const fs::path real = fs::canonical(root_ / below, error);
        // A link that leads back to a folder around it would be walked for ever.
        if (error || std::ranges::find(around_, real) != around_.end()) {
            return;
        }
        const std::size_t ignore_files = ignore_.size();
        const std::size_t defaults = defaults_.size();
        around_.push_back(real);
        visit_all(below);
        around_.pop_back();
        ignore_.resize(ignore_files, {"", IgnoreRules("")});
        defaults_.resize(defaults);
    }

    void visit_all(const fs::path& below) {
        std::error_code error;
        std::vector<fs::directory_entry> entries;
        for (const fs::directory_entry& entry : fs::directory_iterator(root_ / below, error)) {
            const std::string name = entry.path().filename().string();
            if (name == ignore_file_name) {
                add_ignore_file(below, entry.path());
            } else if (is_defaults_name(name)) {
                defaults_.push_back(stamp_of(entry.path()));
            } else if (!is_left_out_name(name)) {
                entries.push_back(entry);
            }
        }
        for (const fs::directory_entry& entry : entries) {
            visit(entry, below / entry.path().filename());
        }
    }

    void add_ignore_file(const fs::path& below, const fs::path& file) {
        if (const auto text = read_text_file(file)) {
            ignore_.push_back({below.empty() ? "" : below.string() + "/", IgnoreRules(*text)});
        }
    }

    void visit(const fs::directory_entry& entry, const fs::path& below) {
        std::error_code error;
        const bool is_folder = entry.is_directory(error);
        if (is_ignored(below.string(), is_folder)) {
            return;
        }
        if (is_folder) {
            enter(below);
        } else if (is_dag_file_name(below.filename().string())) {
            std::vector<FileStamp> stamps{stamp_of(entry.path())};
            stamps.insert(stamps.end(), defaults_.begin(), defaults_.end());
            files_.push_back({below, std::move(stamps)});
        }
    }

    [[nodiscard]] bool is_ignored(const std::string& path, bool is_folder) const {
        bool ignored = false;
        for (const IgnoreFile& file : ignore_) {
            const auto verdict = file.rules.judge(path.substr(file.folder.size()), is_folder);
            ignored = verdict == IgnoreRules::Verdict::silent
                          ? ignored
                          : verdict == IgnoreRules::Verdict::ignored;
        }
        return ignored;
    }

    fs::path root_;
    std::vector<fs::path> around_;
    std::vector<IgnoreFile> ignore_;
    std::vector<FileStamp> defaults_;
    std::vector<FoundFile> files_;
};

}  // namespace

bool FileStamp::is_settled(core::Timestamp at) const {
    const auto changed = std::chrono::floor<core::Duration>(std::chrono::nanoseconds(changed_ns));
    return at - core::Timestamp(changed) > tick;
}

FileStamp stamp_of(const fs::path& file) {
    struct stat found{};
    if (::stat(file.c_str(), &found) != 0) return {};
    constexpr std::int64_t ns_per_second = 1'000'000'000;
    return {
        .device = found.st_dev,
        .inode = found.st_ino,
        .size = static_cast<std::uint64_t>(found.st_size),
        .changed_ns = found.st_ctim.tv_sec * ns_per_second + found.st_ctim.tv_nsec,
    };
}

std::vector<FoundFile> walk_dag_folder(const fs::path& root) {
    return FolderWalk(root).walk();
}

bool is_defaults_name(std::string_view name) {
    return name == "defaults.yml" || name == "defaults.yaml";
}

bool is_dag_file_name(std::string_view name) {
    return (name.ends_with(".yml") || name.ends_with(".yaml")) && !name.starts_with('.') &&
           !is_defaults_name(name);
}

bool is_left_out_name(std::string_view name) {
    return name.starts_with('.') && name != ignore_file_name;
}

bool concerns_others(std::string_view name) {
    return name == ignore_file_name || is_defaults_name(name);
}

}  // namespace reel::dagfile
