#include "fuzz/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "fuzz/targets.hpp"

namespace reel::fuzz {

MemoryFile::MemoryFile(std::string_view bytes) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    demand(fd_ >= 0, "no file in memory");
    demand(
        write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
        "a file in memory cannot be written"
    );
}

MemoryFile::~MemoryFile() {
    close(fd_);
}

std::filesystem::path MemoryFile::path() const {
    return "/proc/self/fd/" + std::to_string(fd_);
}

}  // namespace reel::fuzz
