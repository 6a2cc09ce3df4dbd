#pragma once

#include <sys/types.h>

#include <filesystem>
#include <mutex>
#include <system_error>
#include <vector>

#include "reel/core/ids.hpp"

namespace reel::executor {

/// The folders that runs keep their files in ($REEL_DATA_DIR). Most runs leave theirs empty: such a
/// one is given to another run under its new name, for every folder that is removed makes a file
/// system slower to give out the next one. Of any thread.
class DataFolders final {
  public:
    explicit DataFolders(std::filesystem::path data) : data_(std::move(data)) {}

    /// Does nothing where it is there. A run that does not use it does not fail for the want of it.
    void make(const core::DagId& dag_id, const core::RunId& run_id);
    /// With all that is in it.
    [[nodiscard]] std::error_code remove(const core::DagId& dag_id, const core::RunId& run_id);

  private:
    [[nodiscard]] bool take_spare(const std::filesystem::path& folder);
    [[nodiscard]] bool keep_spare(const std::filesystem::path& folder);

    std::filesystem::path data_;
    std::mutex mutex_;
    std::vector<std::filesystem::path> spares_;
    std::size_t kept_ = 0;
    mode_t made_mode_ = 0;  ///< of a folder as it was made; 0: none was yet
};

}  // namespace reel::executor
