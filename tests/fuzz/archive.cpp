#include <stdlib.h>

#include <filesystem>
#include <string>

#include "fetch/extract.hpp"
#include "fuzz/memory_file.hpp"
#include "fuzz/targets.hpp"

namespace reel::fuzz {

namespace {

namespace fs = std::filesystem;

/// A folder that goes with all that is in it.
class Scratch final {
  public:
    Scratch() {
        std::string name = "/dev/shm/reel-fuzz-XXXXXX";
        path_ = mkdtemp(name.data());
    }
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

}  // namespace

void archive(std::string_view input) {
    const MemoryFile file(input);
    const Scratch scratch;
    // Two folders deep, so that a member named ../x lies where it is seen.
    const fs::path into = scratch.path() / "outer" / "into";
    fs::create_directories(into);
    const auto files = fetch::extract_named(
        file.path(), "input.gz", into, {.max_total_bytes = 1U << 20U, .max_files = 100}
    );
    if (files) {
        for (const auto& each : *files) {
            const auto inside = each.path.lexically_normal().lexically_relative(into);
            demand(!inside.empty() && *inside.begin() != "..", "a file outside of the folder");
            demand(fs::is_regular_file(fs::symlink_status(each.path)), "a file that is none");
        }
    }
    for (const auto& entry : fs::recursive_directory_iterator(scratch.path())) {
        const auto place = entry.path().lexically_relative(into);
        const bool is_above = entry.path() == into || entry.path() == into.parent_path();
        demand(is_above || *place.begin() != "..", "something lies beside the folder");
        demand(!entry.is_symlink(), "a symbolic link");
    }
}

}  // namespace reel::fuzz
