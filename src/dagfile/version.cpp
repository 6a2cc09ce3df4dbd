#include "version.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace reel::dagfile {

std::string hash_version(const std::string& dag_id, const Node& description) {
    const std::string text = dag_id + "\n" + to_json_text(description);
    const std::vector<unsigned char> bytes(text.begin(), text.end());
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(bytes.data(), bytes.size(), digest.data());
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace reel::dagfile
