#include "text_file.hpp"

#include <fstream>
#include <iterator>

namespace reel::dagfile {

namespace fs = std::filesystem;

std::optional<std::string> read_text_file(const fs::path& file) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (error || size > largest_text_file || !fs::is_regular_file(file, error)) {
        return std::nullopt;
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace reel::dagfile
