#include "log_tail.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

namespace {

/// How far back a line is looked for behind blank ones.
constexpr std::uint64_t max_scan_bytes = std::uint64_t{1} << 20U;

std::string read_range(int fd, std::uint64_t begin, std::uint64_t end) {
    std::string text(end - begin, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        const ssize_t count = ::pread(
            fd, text.data() + filled, text.size() - filled, static_cast<off_t>(begin + filled)
        );
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        filled += static_cast<std::size_t>(count);
    }
    text.resize(filled);
    return text;
}

}  // namespace

std::string_view last_line_of(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\r\n\v\f");
    if (last == std::string_view::npos) return {};
    text = text.substr(0, last + 1);
    const std::size_t line_break = text.find_last_of('\n');
    return line_break == std::string_view::npos ? text : text.substr(line_break + 1);
}

std::string load_last_line(const std::filesystem::path& file, std::uint64_t begin) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    if (!fd || ::fstat(fd.get(), &status) != 0) return {};
    const auto end = static_cast<std::uint64_t>(status.st_size);
    if (end <= begin) return {};
    // Nearly always the line is in the first, small look.
    for (const std::uint64_t look : {std::uint64_t{4096}, max_scan_bytes}) {
        const std::uint64_t from = end - begin > look ? end - look : begin;
        const std::string text = read_range(fd.get(), from, end);
        const std::string_view line = last_line_of(text);
        const bool whole = !line.empty() && line.data() != text.data();
        if (whole || from == begin || look == max_scan_bytes) {
            const std::size_t kept = std::min(line.size(), max_last_line_bytes);
            return std::string(line.substr(line.size() - kept));
        }
    }
    return {};
}

}  // namespace reel::runner
