#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reel::warehouse {

/// Builds the byte stream of `COPY … FROM STDIN (FORMAT binary)` in pieces: begin_tuple, then one
/// field after the other into `buffer()` by FieldEncoder::encode or encode_null, then commit_tuple;
/// when `wants_flush()`, send `take()`; at the end `finish()` and send `take()`.
class BinaryCopy {
  public:
    /// Starts with the stream's header.
    explicit BinaryCopy(std::size_t flush_bytes = 256U << 10U);

    void begin_tuple(std::uint16_t fields);
    /// Where the fields of the open tuple go.
    [[nodiscard]] std::string& buffer() { return buffer_; }
    /// Lets `write` append at most `most` bytes: it is called with where they go, and gives their
    /// end or nullptr; then the open tuple is as it was, and this is false.
    template <class Write>
    [[nodiscard]] bool append(std::size_t most, Write write) {
        const std::size_t size = buffer_.size();
        bool written = false;
        buffer_.resize_and_overwrite(size + most, [&](char* bytes, std::size_t /*room*/) {
            char* const end = write(bytes + size);
            written = end != nullptr;
            return written ? static_cast<std::size_t>(end - bytes) : size;
        });
        return written;
    }
    /// What the open tuple has so far.
    [[nodiscard]] std::string_view open_tuple() const {
        return std::string_view(buffer_).substr(tuple_start_);
    }
    void commit_tuple();
    /// Forgets the open tuple: one of its fields did not fit.
    void drop_tuple();
    /// A whole tuple that was encoded elsewhere: fields in order.
    void add_tuple(std::uint16_t fields, std::string_view encoded);

    [[nodiscard]] bool wants_flush() const { return tuple_start_ >= flush_bytes_; }
    /// What is ready to be sent, without an open tuple; the buffer starts anew.
    [[nodiscard]] std::string take();
    /// Appends the trailer; no tuple may be open.
    void finish();
    [[nodiscard]] std::uint64_t tuples() const { return tuples_; }

  private:
    std::string buffer_;
    std::size_t flush_bytes_;
    std::size_t tuple_start_ = 0;  ///< end of the last committed tuple
    std::uint64_t tuples_ = 0;
};

}  // namespace reel::warehouse
