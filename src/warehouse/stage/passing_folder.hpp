#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "reel/core/result.hpp"

namespace reel::warehouse {

/// A folder for files that are needed for a while; goes with this object, and what is in it. Nobody
/// else has it meanwhile; what a killed process left in it is swept by the next that takes it.
class PassingFolder final {
  public:
    /// `base`, or where somebody has that one, the first of `base`-1, `base`-2, … that is free.
    [[nodiscard]] static core::Result<std::unique_ptr<PassingFolder>> take(
        const std::filesystem::path& base
    );
    PassingFolder(const PassingFolder&) = delete;
    PassingFolder& operator=(const PassingFolder&) = delete;
    ~PassingFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    PassingFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::filesystem::path path_;
    int lock_;  ///< of the folder itself
};

}  // namespace reel::warehouse
