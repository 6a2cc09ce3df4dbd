#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/byte_source.hpp"

namespace reel::warehouse {

/// The part of a source that is in memory: what was marked and not yet let go, and what was read
/// ahead. Views into it live until the next `fill`.
class ByteWindow {
  public:
    /// `offset` is that of the source's first byte.
    ByteWindow(ByteSource& source, std::size_t read_bytes, std::uint64_t offset = 0);

    /// Bytes that were read and not passed yet.
    [[nodiscard]] std::string_view rest() const {
        return {bytes_.data() + position_, end_ - position_};
    }
    void advance(std::size_t bytes) { position_ += bytes; }
    /// Gets more bytes; false at the end of the source and after a failure.
    [[nodiscard]] bool fill();
    /// Offset in the source of the first byte of `rest`.
    [[nodiscard]] std::uint64_t offset() const { return base_ + position_; }

    /// Keeps all bytes from here on.
    void mark();
    /// Keeps none of the passed bytes any more, until the next mark.
    void let_go();
    /// From the mark up to here.
    [[nodiscard]] std::string_view kept() const {
        return {bytes_.data() + mark_, position_ - mark_};
    }
    [[nodiscard]] std::string_view kept_and_rest() const {
        return {bytes_.data() + mark_, end_ - mark_};
    }
    /// Why the source ended early.
    [[nodiscard]] const std::optional<core::Error>& failure() const { return failure_; }

  private:
    void make_room();

    ByteSource* source_;
    std::vector<char> bytes_;
    std::size_t mark_ = 0;
    std::size_t position_ = 0;
    std::size_t end_ = 0;
    std::uint64_t base_ = 0;  ///< offset in the source of bytes_[0]
    bool keeping_ = false;
    bool ended_ = false;
    std::optional<core::Error> failure_;
};

}  // namespace reel::warehouse
