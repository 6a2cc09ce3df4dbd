#include "checksum.hpp"

#include <fcntl.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <vector>

#include "reel/core/ascii.hpp"
#include "working_file.hpp"

namespace reel::fetch {

namespace {

class Digest final {
  public:
    explicit Digest(HashKind kind) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        EVP_DigestInit_ex(
            context_.get(), kind == HashKind::sha256 ? EVP_sha256() : EVP_md5(), nullptr
        );
    }
    void update(std::string_view bytes) {
        EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    }
    std::string finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned int size = 0;
        EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
        constexpr std::string_view digits = "0123456789abcdef";
        std::string hex;
        for (unsigned int i = 0; i < size; ++i) {
            hex.push_back(digits[bytes[i] >> 4U]);
            hex.push_back(digits[bytes[i] & 15U]);
        }
        return hex;
    }

  private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

const char* name_of(HashKind kind) {
    return kind == HashKind::sha256 ? "sha256" : "md5";
}

}  // namespace

core::Result<Checksum> parse_checksum(std::string_view text) {
    const auto refuse = [](std::string why) {
        return core::fail(
            core::Errc::invalid_argument,
            "the checksum " + std::move(why),
            "write it as sha256:<64 hex digits> or md5:<32 hex digits>"
        );
    };
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return refuse("names no algorithm");
    const std::string lowered = core::lowered(text);
    const std::string kind = lowered.substr(0, colon);
    Checksum checksum{.hex = lowered.substr(colon + 1)};
    if (kind == "md5") {
        checksum.kind = HashKind::md5;
    } else if (kind != "sha256") {
        return refuse("names the unknown algorithm '" + kind + "'");
    }
    const std::size_t length = checksum.kind == HashKind::sha256 ? 64 : 32;
    const bool hex = std::ranges::all_of(checksum.hex, [](unsigned char letter) {
        return std::isxdigit(letter) != 0;
    });
    if (!hex || checksum.hex.size() != length) {
        return refuse("is not of " + std::to_string(length) + " hex digits");
    }
    return checksum;
}

std::string hash_text(HashKind kind, std::string_view text) {
    Digest digest(kind);
    digest.update(text);
    return digest.finish();
}

core::Result<std::string> hash_file(HashKind kind, const std::filesystem::path& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno("cannot open " + file.string());
    Digest digest(kind);
    std::vector<char> buffer(std::size_t{256} << 10U);
    while (true) {
        const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno("cannot read " + file.string());
        if (count == 0) return digest.finish();
        digest.update({buffer.data(), static_cast<std::size_t>(count)});
    }
}

core::Result<void> verify_checksum(
    const Checksum& expected, const std::filesystem::path& file, const std::string& sha256
) {
    std::string actual = sha256;
    if (expected.kind != HashKind::sha256 || sha256.empty()) {
        auto hashed = hash_file(expected.kind, file);
        if (!hashed) return std::unexpected(std::move(hashed.error()));
        actual = std::move(*hashed);
    }
    if (actual == expected.hex) return {};
    return core::fail(
        core::Errc::corrupt_data,
        std::string("wrong ") + name_of(expected.kind) + ": expected " + expected.hex + ", got " +
            actual,
        "the file at the source has changed, or the checksum is of another file"
    );
}

}  // namespace reel::fetch
