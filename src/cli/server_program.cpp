#include "server_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace reel::cli {

std::filesystem::path server_program(const std::filesystem::path& self) {
    return self.parent_path() / "reel-server";
}

core::Error become_server(const std::filesystem::path& program, char** argv) {
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
