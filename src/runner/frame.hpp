#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::runner {

/// The most that one message may take on the socket.
inline constexpr std::size_t max_frame_bytes = std::size_t{64} << 20U;

/// A message as it goes over the socket: its length in four bytes, big end first, then itself.
[[nodiscard]] std::string make_frame(std::string_view payload);

/// Cuts a byte stream into the messages it holds, whatever the pieces it arrives in.
class FrameReader final {
  public:
    void append(std::string_view bytes) { buffer_.append(bytes); }
    /// The next whole message; nullopt when more bytes are needed; an error when the stream is not
    /// ours. After an error the stream is of no more use.
    [[nodiscard]] core::Result<std::optional<std::string>> next();

  private:
    std::string buffer_;
    std::size_t begin_ = 0;
};

}  // namespace reel::runner
