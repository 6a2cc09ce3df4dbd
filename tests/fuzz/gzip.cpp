#include <zlib.h>

#include <string>

#include "fetch/gzip_source.hpp"
#include "fuzz/memory_file.hpp"
#include "fuzz/targets.hpp"

namespace reel::fuzz {

namespace {

constexpr std::size_t enough = std::size_t{1} << 22U;

/// What zlib makes of the members at the front, one after the other.
std::string members_of(std::string_view packed) {
    std::string text;
    std::string piece(std::size_t{1} << 16U, '\0');
    while (!packed.empty() && text.size() < enough) {
        z_stream stream{};
        inflateInit2(&stream, 16 + MAX_WBITS);
        stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(packed.data()));
        stream.avail_in = static_cast<unsigned>(packed.size());
        std::string member;
        int state = Z_OK;
        while (state == Z_OK && text.size() + member.size() < enough) {
            stream.next_out = reinterpret_cast<unsigned char*>(piece.data());
            stream.avail_out = static_cast<unsigned>(piece.size());
            state = inflate(&stream, Z_NO_FLUSH);
            member.append(piece, 0, piece.size() - stream.avail_out);
        }
        packed.remove_prefix(packed.size() - stream.avail_in);
        inflateEnd(&stream);
        text += member;
        if (state != Z_STREAM_END) break;
    }
    return text;
}

}  // namespace

void gzip(std::string_view input) {
    const MemoryFile file(input);
    auto source = fetch::GzipSource::open(file.path());
    if (!source) return;
    std::string text;
    while (text.size() < enough) {
        const auto piece = source->read();
        if (!piece) {
            demand(!piece.error().message.empty(), "an error without a word");
            return;
        }
        if (piece->empty()) {
            demand(text == members_of(input), "another text than zlib's");
            return;
        }
        text += *piece;
    }
}

}  // namespace reel::fuzz
