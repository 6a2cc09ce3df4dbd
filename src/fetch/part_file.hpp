#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "working_file.hpp"

namespace reel::fetch {

/// Of which version of a remote file a part is.
struct Version {
    std::string etag;
    std::string last_modified;
    std::optional<std::uint64_t> total;

    /// What If-Range may name: a strong ETag, else the date of change; "" for neither.
    [[nodiscard]] std::string range_validator() const;
};

/// A download under way: `data.part` and, beside it, its version, so that a later process can go
/// on where this one was cut.
class PartFile final {
  public:
    /// What an earlier process left is kept when its version could be checked with the server.
    [[nodiscard]] static core::Result<PartFile> open(const std::filesystem::path& folder);

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const Version& version() const { return version_; }
    /// Drops what is there; what comes is of this version.
    [[nodiscard]] core::Result<void> restart(Version version);
    [[nodiscard]] core::Result<void> append(std::string_view bytes);
    /// Makes it the finished file.
    [[nodiscard]] core::Result<void> finish(const std::filesystem::path& as);

  private:
    PartFile(std::filesystem::path folder, UniqueFd fd)
        : folder_(std::move(folder)), fd_(std::move(fd)) {}
    [[nodiscard]] std::filesystem::path data() const { return folder_ / "data.part"; }
    [[nodiscard]] std::filesystem::path notes() const { return folder_ / "part.json"; }
    void load_version();

    std::filesystem::path folder_;
    UniqueFd fd_;
    std::uint64_t size_ = 0;
    Version version_;
};

}  // namespace reel::fetch
