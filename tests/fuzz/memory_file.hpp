#pragma once

#include <filesystem>
#include <string_view>

namespace reel::fuzz {

/// A file of these bytes that has a path and lies in memory.
class MemoryFile final {
  public:
    explicit MemoryFile(std::string_view bytes);
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] std::filesystem::path path() const;

  private:
    int fd_;
};

}  // namespace reel::fuzz
