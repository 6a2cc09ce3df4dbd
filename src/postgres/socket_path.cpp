#include "socket_path.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;

bool fits(const fs::path& folder) {
    constexpr std::string_view name = "/.s.PGSQL.5432";
    return folder.string().size() + name.size() < sizeof(sockaddr_un::sun_path);
}

auto too_long(const fs::path& socket, const std::string& why) {
    return core::fail(
        core::Errc::invalid_argument,
        "the path is too long for a Unix socket (107 bytes), and " + why,
        "choose a home with a shorter path (REEL_HOME)",
        socket.string()
    );
}

}  // namespace

core::Result<fs::path> reachable_socket_folder(
    const fs::path& socket, const std::string& mark, const fs::path& links
) {
    if (fits(socket)) return socket;
    fs::path link = links / fmt::format("reel-{}-{}", ::geteuid(), mark);
    if (!fits(link)) return too_long(socket, "so is " + link.string());

    struct stat status{};
    if (::lstat(link.c_str(), &status) == 0) {
        if (status.st_uid != ::geteuid() || !S_ISLNK(status.st_mode)) {
            return too_long(socket, link.string() + " is not ours");
        }
        std::error_code error;
        if (fs::read_symlink(link, error) == socket) return link;
        ::unlink(link.c_str());
    }
    if (::symlink(socket.c_str(), link.c_str()) != 0) {
        return too_long(
            socket,
            fmt::format("cannot make {}: {}", link.string(), std::generic_category().message(errno))
        );
    }
    return link;
}

std::string percent_encoded(const std::string& text) {
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", byte);
        }
    }
    return encoded;
}

}  // namespace reel::postgres
