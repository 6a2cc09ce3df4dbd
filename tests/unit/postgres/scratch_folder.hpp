#pragma once

#include <filesystem>
#include <string>

namespace reel::postgres {

/// An empty folder, gone at the end.
class ScratchFolder final {
  public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file below it, with the folders it needs.
    void write(const std::filesystem::path& file, const std::string& text, unsigned mode = 0644)
        const;

  private:
    std::filesystem::path path_;
};

}  // namespace reel::postgres
