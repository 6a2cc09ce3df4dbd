#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "folder_walk.hpp"
#include "reel/async/at_once.hpp"
#include "reel/dagfile/load.hpp"
#include "text_file.hpp"

namespace reel::dagfile {
namespace {

namespace fs = std::filesystem;

LoadedFile unreadable(const std::string& relative) {
    LoadedFile loaded;
    loaded.diagnostics.push_back(
        {.at = {relative, 0, 0},
         .message = "the file cannot be read",
         .hint = fmt::format(
             "it must be a regular file of at most {} MiB that Reel may read",
             largest_text_file >> 20U
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
            auto text = read_text_file(folder / below / name);
            if (!text) {
                return std::unexpected((below / name).string());
            }
            defaults.push_back({(below / name).string(), *std::move(text)});
        }
    }
    return defaults;
}

/// The first place of a DAG in its file, for a diagnostic that is not about its inside; line 0 when
/// all of its tasks stand in a file of defaults.
core::SourcePosition position_of(const core::Dag& dag, const std::string& file) {
    const auto own = std::ranges::find_if(dag.tasks, [&](const core::Task& task) {
        return task.position.file == file;
    });
    return own == dag.tasks.end() ? core::SourcePosition{file, 0, 0} : own->position;
}

Diagnostic also_in(
    const core::Dag& dag, const std::string& file, const std::set<std::string>& others
) {
    return {
        .at = position_of(dag, file),
        .message = fmt::format("DAG '{}' is also in {}", dag.dag_id.str(), fmt::join(others, ", ")),
        .hint = "a dag_id may be used once; rename one of them",
        .dag_id = dag.dag_id.str()
    };
}

bool names_a_dag_twice(const LoadedFiles& files) {
    std::unordered_set<std::string_view> seen;
    seen.reserve(files.size());
    return std::ranges::any_of(files, [&seen](const auto& each) {
        return !std::ranges::all_of(each.second->dags, [&seen](const core::Dag& dag) {
            return seen.insert(dag.dag_id.str()).second;
        });
    });
}

void refuse_doubles(LoadedFiles& files) {
    // The usual case is to cost little: it is looked at after each edit of one of many files.
    if (!names_a_dag_twice(files)) return;
    std::map<core::DagId, std::set<std::string>> files_by_dag;
    for (const auto& [name, loaded] : files) {
        for (const core::Dag& dag : loaded->dags) {
            files_by_dag[dag.dag_id].insert(name);
        }
    }
    std::erase_if(files_by_dag, [](const auto& each) { return each.second.size() == 1; });
    std::set<std::string> concerned;
    for (const auto& [dag_id, names] : files_by_dag) concerned.insert(names.begin(), names.end());
    for (const std::string& name : concerned) {
        auto whole = std::make_shared<LoadedFile>(*files.at(name));
        std::erase_if(whole->dags, [&](const core::Dag& dag) {
            const auto found = files_by_dag.find(dag.dag_id);
            if (found == files_by_dag.end()) {
                return false;
            }
            std::set<std::string> others = found->second;
            others.erase(name);
            whole->diagnostics.push_back(also_in(dag, name, others));
            return true;
        });
        files.at(name) = std::move(whole);
    }
}

/// A thread takes longer to start than so many files that have not changed take to be looked at.
constexpr std::size_t least_files_of_a_thread = 16;

}  // namespace

LoadedFile load_dag_file(const fs::path& file, const fs::path& folder, const LoadOptions& options) {
    const fs::path absolute = fs::absolute(file).lexically_normal();
    const fs::path root = fs::absolute(folder).lexically_normal();
    fs::path relative = absolute.lexically_relative(root);
    const bool is_outside = relative.empty() || *relative.begin() == "..";
    relative = is_outside ? absolute.filename() : relative;
    const std::optional<std::string> text = read_text_file(absolute);
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
            .defaults = *std::move(defaults),
            .read_beside = [&absolute](const std::string& name
                           ) { return read_text_file(absolute.parent_path() / name); }
        },
        options
    );
}

struct FolderReader::State {
    struct Known {
        std::vector<FileStamp> stamps;
        std::vector<FileStamp> beside;  ///< of the files that were read with it
        bool is_settled = false;
        std::shared_ptr<const LoadedFile> file;
    };

    fs::path folder;
    LoadOptions options;
    std::map<std::string, Known> known;

    Known read(const FoundFile& found) {
        const auto before = known.find(found.path.string());
        if (before != known.end() && before->second.is_settled &&
            before->second.stamps == found.stamps &&
            before->second.beside == stamps_beside(found.path, *before->second.file)) {
            return std::move(before->second);
        }
        const auto is_settled = [this](const FileStamp& stamp) {
            return stamp.is_settled(options.now);
        };
        auto file =
            std::make_shared<const LoadedFile>(load_dag_file(folder / found.path, folder, options));
        Known now{found.stamps, stamps_beside(found.path, *file), false, std::move(file)};
        now.is_settled = std::ranges::all_of(now.stamps, is_settled) &&
                         std::ranges::all_of(now.beside, is_settled);
        return now;
    }

    [[nodiscard]] std::vector<FileStamp> stamps_beside(const fs::path& path, const LoadedFile& file)
        const {
        std::vector<FileStamp> stamps;
        stamps.reserve(file.beside.size());
        for (const std::string& name : file.beside) {
            stamps.push_back(stamp_of((folder / path).parent_path() / name));
        }
        return stamps;
    }

    /// Those that changed, and those that were read with one of them.
    [[nodiscard]] std::set<fs::path> concerned_by(const FolderChanges& changes) const {
        const fs::path root = fs::absolute(folder).lexically_normal();
        std::set<fs::path> files = changes.files;
        for (const auto& [path, each] : known) {
            if (each.file->beside.empty()) continue;
            const fs::path home = (root / path).parent_path();
            for (const std::string& name : each.file->beside) {
                const fs::path file = (home / name).lexically_normal();
                if (changes.files.contains(file.lexically_relative(root))) files.insert(path);
            }
        }
        return files;
    }

    std::vector<Known> read_all(const std::vector<FoundFile>& found) {
        std::vector<Known> read_ones(found.size());
        async::for_each_at_once(found.size(), least_files_of_a_thread, [&](std::size_t i) {
            read_ones[i] = read(found[i]);
        });
        return read_ones;
    }

    void read_whole_folder() {
        const auto found = walk_dag_folder(folder);
        auto read_ones = read_all(found);
        known.clear();
        for (std::size_t i = 0; i < found.size(); ++i) {
            known.emplace_hint(known.end(), found[i].path.string(), std::move(read_ones[i]));
        }
    }

    /// Only a walk tells whether a file that is new is ignored, and which defaults apply to it.
    [[nodiscard]] bool are_of_known_files(const FolderChanges& changes) const {
        return !changes.may_be_any && std::ranges::all_of(changes.files, [this](const auto& file) {
            return known.contains(file.string()) || !is_dag_file_name(file.filename().string());
        });
    }

    void read_known(const FolderChanges& changes) {
        std::vector<FoundFile> found;
        for (const fs::path& file : concerned_by(changes)) {
            const auto before = known.find(file.string());
            if (before == known.end()) continue;
            FoundFile again{file, before->second.stamps};
            again.stamps[0] = stamp_of(folder / file);
            if (again.stamps[0] == FileStamp()) {
                known.erase(before);
            } else {
                found.push_back(std::move(again));
            }
        }
        auto read_ones = read_all(found);
        for (std::size_t i = 0; i < found.size(); ++i) {
            known[found[i].path.string()] = std::move(read_ones[i]);
        }
    }

    [[nodiscard]] LoadedFiles files() const {
        LoadedFiles files;
        for (const auto& [path, each] : known) files.emplace_hint(files.end(), path, each.file);
        refuse_doubles(files);
        return files;
    }
};

FolderReader::FolderReader(fs::path folder, LoadOptions options)
    : state_(std::make_unique<State>(State{std::move(folder), std::move(options), {}})) {}
FolderReader::~FolderReader() = default;

LoadedFiles FolderReader::read(core::Timestamp now) {
    state_->options.now = now;
    state_->read_whole_folder();
    return state_->files();
}

LoadedFiles FolderReader::read(core::Timestamp now, const FolderChanges& changes) {
    if (!state_->are_of_known_files(changes)) return read(now);
    state_->options.now = now;
    state_->read_known(changes);
    return state_->files();
}

LoadedFiles load_dag_folder(const fs::path& folder, const LoadOptions& options) {
    return FolderReader(folder, options).read(options.now);
}

}  // namespace reel::dagfile
