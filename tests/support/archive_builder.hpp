#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reel::support {

enum class MemberKind { file, folder, symlink, hardlink, device };

struct Member {
    std::string name;
    std::string content;  ///< of a link: where it points
    MemberKind kind = MemberKind::file;
    bool unknown_size = false;  ///< as in a zip that was piped: the size follows the content
};

/// Archives as their bytes, made by libarchive; `options` are its own ("zip:zip64").
[[nodiscard]] std::string make_zip(
    const std::vector<Member>& members, const std::string& options = ""
);
/// `filter`: "", "gzip", "bzip2", "xz", "zstd".
[[nodiscard]] std::string make_tar(const std::vector<Member>& members, const std::string& filter);
[[nodiscard]] std::string pack(const std::string& content, const std::string& filter);

/// A zip written byte by byte, for what no honest tool makes: names as they are, wrong sums.
struct RawMember {
    std::string name;
    std::string content;
    std::uint32_t flags = 0;
    std::uint32_t wrong_crc_by = 0;
};
[[nodiscard]] std::string make_raw_zip(const std::vector<RawMember>& members);

}  // namespace reel::support
