#include "warehouse/source/byte_source.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

namespace reel::warehouse {

namespace {

std::unexpected<core::Error> system_failure(
    const char* what, int error, const std::filesystem::path& path
) {
    const bool missing = error == ENOENT || error == ENOTDIR;
    const bool denied = error == EACCES || error == EPERM;
    const auto code = missing  ? core::Errc::not_found
                      : denied ? core::Errc::permission_denied
                               : core::Errc::unavailable;
    return core::fail(
        code,
        std::string(what) + ": " + std::generic_category().message(error),
        missing ? "relative paths start at the run's data folder" : "",
        path.string()
    );
}

}  // namespace

core::Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return system_failure("cannot open the file", errno, path);
    std::unique_ptr<FileSource> source(new FileSource(descriptor, path));
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0) {
        return system_failure("cannot open the file", errno, path);
    }
    if (S_ISDIR(status.st_mode)) return system_failure("cannot read", EISDIR, path);
    return source;
}

FileSource::FileSource(int descriptor, std::filesystem::path path)
    : descriptor_(descriptor), path_(std::move(path)) {}

FileSource::~FileSource() {
    ::close(descriptor_);
}

core::Result<std::size_t> FileSource::read(std::span<std::byte> into) {
    for (;;) {
        const ssize_t got = ::read(descriptor_, into.data(), into.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return system_failure("cannot read", errno, path_);
    }
}

MemorySource::MemorySource(std::string bytes, std::size_t read_size)
    : bytes_(std::move(bytes)), read_size_(read_size) {}

core::Result<std::size_t> MemorySource::read(std::span<std::byte> into) {
    const std::size_t size = std::min({into.size(), read_size_, bytes_.size() - position_});
    if (size > 0) std::memcpy(into.data(), bytes_.data() + position_, size);
    position_ += size;
    return size;
}

core::Result<std::size_t> ChainedSource::read(std::span<std::byte> into) {
    if (first_.empty()) return then_.read(into);
    const std::size_t size = std::min(into.size(), first_.size());
    std::memcpy(into.data(), first_.data(), size);
    first_.remove_prefix(size);
    return size;
}

struct HashingSource::Digest {
    using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
    Context context = {EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

HashingSource::HashingSource(ByteSource& inner)
    : inner_(inner), digest_(std::make_unique<Digest>()) {
    EVP_DigestInit_ex(digest_->context.get(), EVP_sha256(), nullptr);
}

HashingSource::~HashingSource() = default;

core::Result<std::size_t> HashingSource::read(std::span<std::byte> into) {
    auto got = inner_.read(into);
    if (got) {
        EVP_DigestUpdate(digest_->context.get(), into.data(), *got);
        bytes_ += *got;
    }
    return got;
}

std::string HashingSource::sha256() const {
    // Finishing spends a context, and more bytes may follow.
    const Digest::Context copy(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_MD_CTX_copy_ex(copy.get(), digest_->context.get());
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes = {};
    unsigned int size = 0;
    EVP_DigestFinal_ex(copy.get(), bytes.data(), &size);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        text += digits[bytes[i] >> 4U];
        text += digits[bytes[i] & 15U];
    }
    return text;
}

}  // namespace reel::warehouse
