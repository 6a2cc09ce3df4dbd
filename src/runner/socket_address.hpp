#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

#include "reel/core/result.hpp"
#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

/// Where the runner of a folder listens. A Unix socket's path holds 107 bytes only; a longer one is
/// named through a descriptor of its folder, so this must live until the call that uses it is over.
class SocketAddress final {
  public:
    [[nodiscard]] static core::Result<SocketAddress> of_directory(
        const std::filesystem::path& directory
    );
    [[nodiscard]] const boost::asio::local::stream_protocol::endpoint& endpoint() const {
        return endpoint_;
    }

  private:
    UniqueFd directory_;
    boost::asio::local::stream_protocol::endpoint endpoint_;
};

[[nodiscard]] std::filesystem::path socket_path(const std::filesystem::path& directory);

}  // namespace reel::runner
