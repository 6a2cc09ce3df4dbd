#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/scheduler/scheduler.hpp"
#include "reel/store/run_store.hpp"

namespace reel::daemon {

/// What a reading of the DAG folder means: the DAGs to schedule and the errors to show.
struct CatalogState {
    scheduler::Dags dags;
    std::vector<store::ImportErrorRecord> errors;
};

/// Pure: a DAG whose file has a mistake now stays in service as `before` has it, until the file is
/// mended or gone.
[[nodiscard]] CatalogState merge_catalog(
    const dagfile::LoadedFiles& files, const scheduler::Dags& before, core::Timestamp now
);

/// Keeps the scheduler's DAGs as the folder has them.
class Catalog final {
  public:
    struct Parts {
        boost::asio::any_io_executor executor;
        async::BlockingPool& pool;
        store::RunStore& store;
        scheduler::Scheduler& scheduler;
        const core::Clock& clock;
    };
    Catalog(Parts parts, std::filesystem::path folder, dagfile::LoadOptions options)
        : parts_(std::move(parts)),
          folder_(folder),
          reader_(std::move(folder), std::move(options)) {}

    /// Reads what has changed in the folder and hands over what it holds.
    boost::asio::awaitable<void> refresh(dagfile::FolderChanges changes);
    boost::asio::awaitable<void> refresh() { return refresh({.may_be_any = true, .files = {}}); }
    /// Refreshes after every change of the folder until cancelled.
    boost::asio::awaitable<void> watch();

  private:
    boost::asio::awaitable<void> read_stored();
    boost::asio::awaitable<void> save_errors(std::vector<store::ImportErrorRecord> errors);

    Parts parts_;
    std::filesystem::path folder_;
    dagfile::FolderReader reader_;
    scheduler::Dags known_;
    bool read_before_ = false;
    /// As they were told last, by file.
    std::map<std::string, std::string> errors_;
    bool errors_are_stored_ = false;
};

}  // namespace reel::daemon
