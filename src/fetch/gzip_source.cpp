#include "gzip_source.hpp"

#include <fcntl.h>

#include <algorithm>
#include <string>

namespace reel::fetch {

void GzipSource::EndInflate::operator()(z_stream* stream) const {
    inflateEnd(stream);
    delete stream;
}

core::Result<GzipSource> GzipSource::open(const std::filesystem::path& file) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno("cannot open " + file.string());
    Stream stream(new z_stream{});
    constexpr int gzip_only = 16;
    if (inflateInit2(stream.get(), gzip_only + MAX_WBITS) != Z_OK) {
        return core::fail(core::Errc::unavailable, "there is no memory to unpack with");
    }
    return GzipSource(std::move(fd), std::move(stream));
}

core::Result<void> GzipSource::fill() {
    // What is left is moved to the front, so that a member's header is never split.
    const std::size_t left = stream_->avail_in;
    if (left > 0) std::copy_n(stream_->next_in, left, packed_.begin());
    ssize_t count = 0;
    do {
        count = ::read(fd_.get(), packed_.data() + left, packed_.size() - left);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return fail_errno("cannot read the gzip file");
    at_file_end_ = count == 0;
    read_ += static_cast<std::uint64_t>(count);
    stream_->next_in = packed_.data();
    stream_->avail_in = static_cast<unsigned>(left + static_cast<std::size_t>(count));
    return {};
}

core::Result<bool> GzipSource::begin_next_member() {
    if (stream_->avail_in < 2 && !at_file_end_) {
        if (auto filled = fill(); !filled) return std::unexpected(std::move(filled.error()));
    }
    const unsigned char* const next = stream_->next_in;
    if (stream_->avail_in >= 2 && next[0] == 0x1f && next[1] == 0x8b) {
        inflateReset(stream_.get());
        return true;
    }
    // Tapes and some servers pad with zeros; anything else behind a member is damage.
    const bool padding =
        std::all_of(next, next + stream_->avail_in, [](unsigned char byte) { return byte == 0; });
    if (padding) return false;
    return core::fail(core::Errc::corrupt_data, "damaged gzip file: rubbish follows its end");
}

core::Result<std::string_view> GzipSource::read() {
    stream_->next_out = unpacked_.data();
    stream_->avail_out = static_cast<unsigned>(unpacked_.size());
    while (!ended_ && stream_->avail_out > 0) {
        if (stream_->avail_in == 0 && !at_file_end_) {
            if (auto filled = fill(); !filled) return std::unexpected(std::move(filled.error()));
        }
        const int code = inflate(stream_.get(), Z_NO_FLUSH);
        if (code == Z_STREAM_END) {
            const auto more = begin_next_member();
            if (!more) return std::unexpected(more.error());
            ended_ = !*more;
        } else if (code == Z_BUF_ERROR && at_file_end_) {
            return core::fail(core::Errc::corrupt_data, "truncated gzip file");
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            const std::string why = stream_->msg != nullptr ? stream_->msg : "bad data";
            return core::fail(core::Errc::corrupt_data, "damaged gzip file: " + why);
        }
    }
    const std::size_t size = unpacked_.size() - stream_->avail_out;
    return std::string_view(reinterpret_cast<const char*>(unpacked_.data()), size);
}

}  // namespace reel::fetch
