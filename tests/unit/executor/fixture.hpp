#pragma once

#include <filesystem>
#include <string>

#include "executor/json.hpp"
#include "reel/executor/process_executor.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::executor {

/// A folder of its own for one test, removed at the end.
class Scratch final {
  public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file below it and gives its path.
    std::filesystem::path write(const std::string& name, const std::string& text) const;
    [[nodiscard]] std::string read(const std::string& name) const;

  private:
    std::filesystem::path path_;
};

/// 2024-01-31T07:00:00Z
[[nodiscard]] core::Timestamp a_date();

/// A run of DAG "movies" with run id "manual__1" and logical date a_date().
[[nodiscard]] store::RunRecord a_run();

/// One attempt of task "load", the only one of DAG "movies" at /dags/movies.yaml unless altered.
[[nodiscard]] scheduler::AttemptOrder an_order(
    const std::string& operator_name,
    const Json& args,
    const std::function<void(core::Dag&)>& change = {}
);

/// Adds a task behind the others.
void add_task(core::Dag& dag, const std::string& task_id, const std::string& operator_name);

/// Options whose folders are below `root`.
[[nodiscard]] ExecutorOptions options_below(const std::filesystem::path& root);

}  // namespace reel::executor
