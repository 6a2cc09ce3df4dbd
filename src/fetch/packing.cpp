#include "packing.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "working_file.hpp"

namespace reel::fetch {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t front_bytes = 512;  // a block of tar
constexpr std::string_view empty_zip_magic = "PK\x05\x06"sv;

bool is_bzip2(std::string_view front) {
    // The level is a digit, so text may begin like this; what follows is a block or the end.
    return front.starts_with("BZh"sv) && front.size() >= 10 && front[3] >= '1' && front[3] <= '9' &&
           (front.substr(4, 6) == "1AY&SY"sv || front.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"sv);
}

bool is_tar(std::string_view front) {
    constexpr std::size_t magic_at = 257;
    return front.size() == front_bytes && front.substr(magic_at).starts_with("ustar"sv);
}

core::Result<UniqueFd> open_to_read(const std::filesystem::path& file) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno("cannot open " + file.string());
    return fd;
}

/// Up to `size` bytes from `offset` on; fewer where the file ends.
core::Result<std::string> read_at(
    const std::filesystem::path& file, off_t offset, std::size_t size
) {
    const auto fd = open_to_read(file);
    if (!fd) return std::unexpected(fd.error());
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        const auto from = offset + static_cast<off_t>(filled);
        const ssize_t got = ::pread(fd->get(), bytes.data() + filled, size - filled, from);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno("cannot read " + file.string());
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

}  // namespace

std::string_view to_string(Packing packing) {
    switch (packing) {
        case Packing::none:
            break;
        case Packing::gzip:
            return "gzip";
        case Packing::bzip2:
            return "bzip2";
        case Packing::xz:
            return "xz";
        case Packing::zstd:
            return "zstd";
        case Packing::zip:
            return "zip";
        case Packing::tar:
            return "tar";
    }
    return "not packed";
}

core::Result<std::string> read_front(const std::filesystem::path& file) {
    return read_at(file, 0, front_bytes);
}

Packing packing_of(std::string_view front) {
    if (front.starts_with("\x1f\x8b"sv)) return Packing::gzip;
    if (front.starts_with("PK\x03\x04"sv) || is_empty_zip(front)) return Packing::zip;
    if (front.starts_with("\xfd\x37\x7a\x58\x5a\x00"sv)) return Packing::xz;
    if (front.starts_with("\x28\xb5\x2f\xfd"sv)) return Packing::zstd;
    if (is_bzip2(front)) return Packing::bzip2;
    if (is_tar(front)) return Packing::tar;
    return Packing::none;
}

bool is_empty_zip(std::string_view front) {
    return front.starts_with(empty_zip_magic);
}

core::Result<Packing> detect_packing(const std::filesystem::path& file) {
    const auto front = read_front(file);
    if (!front) return std::unexpected(front.error());
    return packing_of(*front);
}

core::Result<bool> all_zeros_from(const std::filesystem::path& file, std::uint64_t offset) {
    constexpr std::size_t step = std::size_t{64} << 10U;
    for (;;) {
        const auto bytes = read_at(file, static_cast<off_t>(offset), step);
        if (!bytes) return std::unexpected(bytes.error());
        if (bytes->empty()) return true;
        if (bytes->find_first_not_of('\0') != std::string::npos) return false;
        offset += bytes->size();
    }
}

core::Result<bool> ends_like_tar(const std::filesystem::path& file) {
    constexpr std::uint64_t end_bytes = 1024;  // two blocks
    const auto stamp = load_stamp(file);
    if (!stamp) return std::unexpected(stamp.error());
    if (stamp->size < end_bytes) return false;
    return all_zeros_from(file, stamp->size - end_bytes);
}

}  // namespace reel::fetch
