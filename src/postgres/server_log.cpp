#include "server_log.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string_view>

namespace reel::postgres {

namespace {

constexpr int shown_lines = 6;

struct Cause {
    std::string_view words;
    core::Errc code;
    std::string_view message;
    std::string_view hint;
};

constexpr Cause causes[] = {
    {"No space left on device",
     core::Errc::unavailable,
     "the disk is full",
     "free some space, then start again; nothing is lost"},
    {"Disk quota exceeded",
     core::Errc::unavailable,
     "the disk quota is used up",
     "free some space, then start again; nothing is lost"},
    {"incompatible with server",
     core::Errc::unsupported,
     "the data was written by another major version of PostgreSQL",
     "install that version (data/PG_VERSION names it), or move the pg folder away to begin anew"},
    {"already exists",
     core::Errc::conflict,
     "another server holds the folder",
     "stop the server that postmaster.pid names, then start again"},
    {"Permission denied",
     core::Errc::permission_denied,
     "a file of the cluster may not be read or written",
     "mend the permissions of the pg folder; all in it belongs to the user that runs PostgreSQL"},
};

std::string last_lines(std::string_view text) {
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    std::size_t begin = text.size();
    for (int lines = 0; lines < shown_lines && begin != std::string_view::npos; ++lines) {
        begin = begin == 0 ? std::string_view::npos : text.rfind('\n', begin - 1);
    }
    return std::string(begin == std::string_view::npos ? text : text.substr(begin + 1));
}

}  // namespace

std::string read_log(const std::filesystem::path& log, std::uintmax_t from) {
    std::ifstream file(log, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(from));
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_still_ending(const std::string& log_text) {
    return log_text.find("pre-existing shared memory block") != std::string::npos;
}

core::Error explain_failure(
    const std::string& what, const std::string& log_text, const std::filesystem::path& log
) {
    const std::string lines = last_lines(log_text);
    const std::string tail = lines.empty() ? "" : "\n" + lines;
    for (const Cause& cause : causes) {
        if (log_text.find(cause.words) == std::string::npos) continue;
        return {
            cause.code,
            fmt::format("{}: {}{}", what, cause.message, tail),
            log.string(),
            std::string(cause.hint)
        };
    }
    return {
        core::Errc::unavailable,
        fmt::format("{}; it said:{}", what, tail.empty() ? " nothing" : tail),
        log.string(),
        ""
    };
}

}  // namespace reel::postgres
