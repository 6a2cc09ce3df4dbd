#include "server_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace reel::cli {

namespace {

constexpr const char* tunables = "GLIBC_TUNABLES";
constexpr const char* larger_thread_caches = "glibc.malloc.tcache_count=300";

}  // namespace

std::filesystem::path server_program(const std::filesystem::path& self) {
    return self.parent_path() / "reel-server";
}

void forget_what_the_heap_was_told() {
    const char* const told = std::getenv(tunables);
    if (told != nullptr && std::string_view(told) == larger_thread_caches) ::unsetenv(tunables);
}

core::Error become_server(const std::filesystem::path& program, char** argv) {
    constexpr int keep_what_is_set = 0;
    ::setenv(tunables, larger_thread_caches, keep_what_is_set);
    ::execv(program.c_str(), argv);
    if (errno == ENOENT) {
        return {
            .code = core::Errc::not_found,
            .message = "this command is carried out by reel-server, which is missing",
            .where = program.string(),
            .hint = "install reel, reel-server and reel-runner of one version in one folder"
        };
    }
    return {
        .code = core::Errc::unavailable,
        .message = std::string("reel-server cannot be started: ") + std::strerror(errno),
        .where = program.string(),
        .hint = {}
    };
}

}  // namespace reel::cli
