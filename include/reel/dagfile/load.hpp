#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/time.hpp"
#include "reel/dagfile/folder_changes.hpp"

namespace reel::config {
class Config;
}

namespace reel::dagfile {

/// One mistake in a DAG file.
struct Diagnostic {
    core::SourcePosition at;
    std::string message;  ///< "unknown key 'retrys' in task 'load'"
    std::string hint;     ///< "did you mean 'retries'?"; may be empty
    std::string dag_id;   ///< the DAG it belongs to; empty for the whole file

    /// "movies.yaml:12:5: message" and "\n  hint: …".
    [[nodiscard]] std::string describe() const;
};

/// What one file gives: the DAGs without a mistake, and every mistake of the others.
struct LoadedFile {
    std::vector<core::Dag> dags;
    std::vector<Diagnostic> diagnostics;  ///< in file order
    std::vector<std::string> beside;      ///< files that were read with it, relative to its folder
};

/// A `defaults.yml` or `defaults.yaml` that applies to a file: its path and text, outermost folder
/// first.
struct DefaultsFile {
    std::string path;
    std::string text;
};

/// What a DAG has where it says nothing, from the configuration.
struct LoadOptions {
    core::Timestamp now = core::SystemClock().now();  ///< what "2 days" as a start_date counts from
    std::string timezone = "UTC";
    int max_active_runs = 16;
    int max_active_tasks = 16;
    int max_consecutive_failed_dag_runs = 0;
    bool catchup_by_default = false;
    bool create_cron_data_intervals = false;
    bool create_delta_data_intervals = false;
};

/// What the sections core and scheduler of the configuration say, as of now.
[[nodiscard]] LoadOptions load_options(const config::Config& config);

/// The text of a DAG file and what belongs to it. `path` is absolute and becomes fileloc,
/// `relative_path` is below the DAG folder.
struct DagFileText {
    std::string_view text;
    std::string path;
    std::string relative_path;
    std::vector<DefaultsFile> defaults;
    /// What a file says that is named relative to this one's folder; nothing where there is none.
    std::function<std::optional<std::string>(const std::string& name)> read_beside = {};
};

/// Pure: the same input gives the same output.
[[nodiscard]] LoadedFile parse_dag_file(const DagFileText& file, const LoadOptions& options);

/// The same with the default options; relative dates count from the system's date.
[[nodiscard]] LoadedFile parse_dag_file(
    std::string_view text,
    const std::string& path,
    const std::string& relative_path,
    const std::vector<DefaultsFile>& defaults = {}
);

/// Reads the file and the defaults files between `folder` and it.
[[nodiscard]] LoadedFile load_dag_file(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    const LoadOptions& options = {}
);

/// By path relative to the folder.
using LoadedFiles = std::map<std::string, std::shared_ptr<const LoadedFile>>;

/// A folder of DAG files that is read again and again.
class FolderReader final {
  public:
    FolderReader(std::filesystem::path folder, LoadOptions options);
    ~FolderReader();
    FolderReader(const FolderReader&) = delete;
    FolderReader& operator=(const FolderReader&) = delete;

    /// Every *.yml and *.yaml below the folder (symlinks followed, hidden names, defaults files and
    /// what .airflowignore names left out). Two files with one dag_id: both get a diagnostic, the
    /// DAG of neither is loaded. Only what was changed since the last reading is parsed, and "2
    /// days" as its start_date counts from `now`; any other file is the very object that it was.
    [[nodiscard]] LoadedFiles read(core::Timestamp now);
    /// The same, where only `changes` were made since the last reading: costs what has changed, not
    /// how many files there are.
    [[nodiscard]] LoadedFiles read(core::Timestamp now, const FolderChanges& changes);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Reads a folder once.
[[nodiscard]] LoadedFiles load_dag_folder(
    const std::filesystem::path& folder, const LoadOptions& options = {}
);

/// The JSON Schema (draft-07) of a DAG file, from the same declaration that parse_dag_file checks
/// against.
[[nodiscard]] std::string dag_json_schema();

}  // namespace reel::dagfile
