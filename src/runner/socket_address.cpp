#include "socket_address.hpp"

#include <fcntl.h>
#include <sys/un.h>

#include <string>

namespace reel::runner {

namespace fs = std::filesystem;

namespace {

constexpr const char* socket_name = "runner.sock";
constexpr std::size_t max_path = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

fs::path socket_path(const fs::path& directory) {
    return directory / socket_name;
}

core::Result<SocketAddress> SocketAddress::of_directory(const fs::path& directory) {
    SocketAddress address;
    std::string path = socket_path(directory).string();
    if (path.size() > max_path) {
        address.directory_ = UniqueFd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!address.directory_) return fail_errno("cannot open " + directory.string());
        path = "/proc/self/fd/" + std::to_string(address.directory_.get()) + "/" + socket_name;
    }
    address.endpoint_ = boost::asio::local::stream_protocol::endpoint(path);
    return address;
}

}  // namespace reel::runner
