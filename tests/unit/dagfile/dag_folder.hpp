#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace reel::dagfile {

/// A folder of DAG files for one test, removed with it.
class DagFolder final {
  public:
    DagFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "reel-dags-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    DagFolder(const DagFolder&) = delete;
    DagFolder& operator=(const DagFolder&) = delete;
    ~DagFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Makes the folders on the way.
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
    }

    /// A file with one DAG of one task.
    void write_dag(const std::string& name, const std::string& dag_id) const {
        write(name, dag_id + ":\n  tasks: [{task_id: a, operator: empty}]\n");
    }

  private:
    std::filesystem::path path_;
};

}  // namespace reel::dagfile
