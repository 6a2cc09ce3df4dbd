#pragma once

#include <zlib.h>

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "piece_source.hpp"
#include "working_file.hpp"

namespace reel::fetch {

/// What a gzip file unpacks to, of one or several members, each checked against its CRC and
/// length. libarchive's own gzip filter checks neither.
class GzipSource final : public PieceSource {
  public:
    [[nodiscard]] static core::Result<GzipSource> open(const std::filesystem::path& file);

    [[nodiscard]] core::Result<std::string_view> read() override;
    [[nodiscard]] std::uint64_t used() const override { return read_ - stream_->avail_in; }

  private:
    struct EndInflate {
        void operator()(z_stream* stream) const;
    };
    using Stream = std::unique_ptr<z_stream, EndInflate>;

    GzipSource(UniqueFd fd, Stream stream) : fd_(std::move(fd)), stream_(std::move(stream)) {}
    [[nodiscard]] core::Result<void> fill();
    /// Whether another member follows the one that has ended.
    [[nodiscard]] core::Result<bool> begin_next_member();

    UniqueFd fd_;
    Stream stream_;
    std::vector<unsigned char> packed_ = std::vector<unsigned char>(std::size_t{64} << 10U);
    std::vector<unsigned char> unpacked_ = std::vector<unsigned char>(std::size_t{256} << 10U);
    std::uint64_t read_ = 0;  ///< of the file
    bool at_file_end_ = false;
    bool ended_ = false;
};

}  // namespace reel::fetch
