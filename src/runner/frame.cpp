#include "frame.hpp"

#include <cstdint>

namespace reel::runner {

namespace {

constexpr std::size_t header_bytes = 4;
constexpr std::size_t keep_capacity = std::size_t{64} << 10U;

std::size_t read_length(std::string_view header) {
    std::uint32_t length = 0;
    for (const char byte : header) length = (length << 8U) | static_cast<unsigned char>(byte);
    return length;
}

}  // namespace

std::string make_frame(std::string_view payload) {
    std::string frame;
    frame.reserve(header_bytes + payload.size());
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        frame.push_back(static_cast<char>((payload.size() >> shift) & 0xffU));
    }
    frame.append(payload);
    return frame;
}

core::Result<std::optional<std::string>> FrameReader::next() {
    const std::string_view waiting = std::string_view(buffer_).substr(begin_);
    if (waiting.size() < header_bytes) return std::nullopt;
    const std::size_t length = read_length(waiting.substr(0, header_bytes));
    if (length > max_frame_bytes) {
        return core::fail(core::Errc::corrupt_data, "a message of more than 64 MiB was announced");
    }
    if (waiting.size() < header_bytes + length) return std::nullopt;
    std::string payload(waiting.substr(header_bytes, length));
    begin_ += header_bytes + length;
    if (begin_ == buffer_.size()) {
        begin_ = 0;
        buffer_.clear();
        // One large message must not pin its memory for the life of an idle runner.
        if (buffer_.capacity() > keep_capacity) buffer_.shrink_to_fit();
    } else if (begin_ > keep_capacity) {
        buffer_.erase(0, begin_);
        begin_ = 0;
    }
    return payload;
}

}  // namespace reel::runner
