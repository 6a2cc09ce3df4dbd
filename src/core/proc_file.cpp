#include "reel/core/proc_file.hpp"

#include <fstream>
#include <sstream>
#include <utility>

namespace reel::core {

std::string read_proc_file(const std::filesystem::path& file) {
    std::ostringstream text;
    text
        << std::ifstream(file, std::ios::binary).rdbuf();  // what fails here is a bit of the stream
    return std::move(text).str();
}

}  // namespace reel::core
