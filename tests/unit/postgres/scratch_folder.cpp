#include "unit/postgres/scratch_folder.hpp"

#include <array>
#include <cstdlib>
#include <fstream>

namespace reel::postgres {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() {
    std::array<char, 64> name{"/tmp/reel-unit-XXXXXX"};
    path_ = ::mkdtemp(name.data());
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void ScratchFolder::write(const fs::path& file, const std::string& text, unsigned mode) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file) << text;
    fs::permissions(path_ / file, fs::perms(mode));
}

}  // namespace reel::postgres
