#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "ignore.hpp"
#include "reel/dagfile/load.hpp"

namespace reel::dagfile {
namespace {

namespace fs = std::filesystem;

// A DAG file is written by a person or a small program; what is larger is something else.
constexpr std::uintmax_t largest_file = 16U << 20U;

bool is_defaults_name(const std::string& name) {
    return name == "defaults.yml" || name == "defaults.yaml";
}

bool is_dag_file_name(const std::string& name) {
    return (name.ends_with(".yml") || name.ends_with(".yaml")) && !name.starts_with('.') &&
           !is_defaults_name(name);
}

std::optional<std::string> read_file(const fs::path& file) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (error || size > largest_file || !fs::is_regular_file(file, error)) {
        return std::nullopt;
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

LoadedFile unreadable(const std::string& relative) {
    LoadedFile loaded;
    loaded.diagnostics.push_back(
        {.at = {relative, 0, 0},
         .message = "the file cannot be read",
         .hint = fmt::format(
             "it must be a regular file of at most {} MiB that Reel may read", largest_file >> 20U
         ),
         .dag_id = {}}
    );
    return loaded;
}

/// The nearest last; the name of one that cannot be read instead of them all, for a DAG without its
/// defaults is another DAG.
std::expected<std::vector<DefaultsFile>, std::string> read_defaults(
    const fs::path& folder, const fs::path& relative
) {
    std::vector<fs::path> folders{{}};
    for (const fs::path& part : relative.parent_path()) {
        folders.push_back(folders.back() / part);
    }
    std::vector<DefaultsFile> defaults;
    for (const fs::path& below : folders) {
        for (const char* name : {"defaults.yml", "defaults.yaml"}) {
            std::error_code error;
            if (fs::symlink_status(folder / below / name, error).type() ==
                fs::file_type::not_found) {
                continue;
            }
            auto text = read_file(folder / below / name);
            if (!text) {
                return std::unexpected((below / name).string());
            }
            defaults.push_back({(below / name).string(), *std::move(text)});
        }
    }
    return defaults;
}

/// Finds the DAG files below a folder.
class FolderWalk final {
  public:
    std::vector<fs::path> walk(const fs::path& root) {
        root_ = root;
        enter({});
        std::ranges::sort(files_);
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
        around_.push_back(real);
        const std::size_t ignore_files = ignore_.size();
        if (const auto text = read_file(root_ / below / ".airflowignore")) {
            ignore_.push_back({below.empty() ? "" : below.string() + "/", IgnoreRules(*text)});
        }
        for (const fs::directory_entry& entry : fs::directory_iterator(root_ / below, error)) {
            visit(entry, below / entry.path().filename());
        }
        ignore_.resize(ignore_files, {"", IgnoreRules("")});
        around_.pop_back();
    }

    void visit(const fs::directory_entry& entry, const fs::path& below) {
        std::error_code error;
        const std::string name = below.filename().string();
        const bool is_folder = entry.is_directory(error);
        if (name.starts_with('.') || is_ignored(below.string(), is_folder)) {
            return;
        }
        if (is_folder) {
            enter(below);
        } else if (is_dag_file_name(name)) {
            files_.push_back(below);
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
    std::vector<fs::path> files_;
};

/// The first place of a DAG in its file, for a diagnostic that is not about its inside; line 0 when
/// all of its tasks stand in a file of defaults.
core::SourcePosition position_of(const core::Dag& dag, const std::string& file) {
    const auto own = std::ranges::find_if(dag.tasks, [&](const core::Task& task) {
        return task.position.file == file;
    });
    return own == dag.tasks.end() ? core::SourcePosition{file, 0, 0} : own->position;
}

void refuse_doubles(std::map<std::string, LoadedFile>& files) {
    std::map<std::string, std::set<std::string>> files_by_dag;
    for (const auto& [name, loaded] : files) {
        for (const core::Dag& dag : loaded.dags) {
            files_by_dag[dag.dag_id.str()].insert(name);
        }
    }
    for (auto& [name, loaded] : files) {
        std::erase_if(loaded.dags, [&](const core::Dag& dag) {
            std::set<std::string> others = files_by_dag[dag.dag_id.str()];
            others.erase(name);
            if (others.empty()) {
                return false;
            }
            loaded.diagnostics.push_back(
                {.at = position_of(dag, name),
                 .message = fmt::format(
                     "DAG '{}' is also in {}", dag.dag_id.str(), fmt::join(others, ", ")
                 ),
                 .hint = "a dag_id may be used once; rename one of them",
                 .dag_id = dag.dag_id.str()}
            );
            return true;
        });
    }
}

}  // namespace

LoadedFile load_dag_file(const fs::path& file, const fs::path& folder, const LoadOptions& options) {
    const fs::path absolute = fs::absolute(file).lexically_normal();
    const fs::path root = fs::absolute(folder).lexically_normal();
    fs::path relative = absolute.lexically_relative(root);
    const bool is_outside = relative.empty() || *relative.begin() == "..";
    relative = is_outside ? absolute.filename() : relative;
    const std::optional<std::string> text = read_file(absolute);
    if (!text) {
        return unreadable(relative.string());
    }
    auto defaults = read_defaults(is_outside ? absolute.parent_path() : root, relative);
    if (!defaults) {
        return unreadable(defaults.error());
    }
    return parse_dag_file(
        DagFileText{
            .text = *text,
            .path = absolute.string(),
            .relative_path = relative.string(),
            .defaults = *std::move(defaults)
        },
        options
    );
}

std::map<std::string, LoadedFile> load_dag_folder(
    const fs::path& folder, const LoadOptions& options
) {
    std::map<std::string, LoadedFile> files;
    for (const fs::path& file : FolderWalk().walk(folder)) {
        files.emplace(file.string(), load_dag_file(folder / file, folder, options));
    }
    refuse_doubles(files);
    return files;
}

}  // namespace reel::dagfile
