#pragma once

#include <cstdint>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// What a packed file unpacks to, from front to back.
class PieceSource {
  public:
    virtual ~PieceSource() = default;
    /// The next piece, valid until the next call; empty at the end, when all checks have passed.
    /// `corrupt_data` for a truncated or damaged file.
    [[nodiscard]] virtual core::Result<std::string_view> read() = 0;
    /// How much of the packed file has been used for that.
    [[nodiscard]] virtual std::uint64_t used() const = 0;
};

}  // namespace reel::fetch
