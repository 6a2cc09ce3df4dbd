#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace reel::runner {

/// A fresh folder that goes with its test.
class TemporaryFolder final {
  public:
    TemporaryFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "reel-runner-unit-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace reel::runner
