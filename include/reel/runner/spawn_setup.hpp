#pragma once

#include <spawn.h>

#include <filesystem>
#include <string>
#include <vector>

namespace reel::runner {

/// posix_spawn's list of what happens to descriptors and folder between fork and exec. Without
/// memory it throws std::bad_alloc.
class FileActions final {
  public:
    FileActions();
    ~FileActions();
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;

    void change_directory(const std::filesystem::path& directory);
    void open_null(int target);
    void place(int source, int target);
    void close_from(int first);
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

/// No signal blocked, every signal at its default, a process group or a session of its own.
class SpawnAttributes final {
  public:
    enum class Group { own_group, own_session };
    explicit SpawnAttributes(Group group);
    ~SpawnAttributes();
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;

    [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

/// Strings as exec wants them: pointers, the last one null. The strings must outlive it.
class CStrings final {
  public:
    explicit CStrings(const std::vector<std::string>& strings);
    void add(const std::vector<std::string>& strings);
    [[nodiscard]] char* const* get() const { return pointers_.data(); }

  private:
    std::vector<char*> pointers_;
};

}  // namespace reel::runner
