#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "archive_library.hpp"
#include "piece_source.hpp"
#include "reel/fetch/unpack.hpp"

namespace reel::fetch {

/// What a bzip2, xz or zstd file unpacks to, of one or several streams, by libarchive. Nothing may
/// follow the last stream: libarchive takes a damaged one for the end.
class FilterSource final : public PieceSource {
  public:
    [[nodiscard]] static core::Result<FilterSource> open(
        const std::filesystem::path& file, Packing packing
    );
    [[nodiscard]] core::Result<std::string_view> read() override;
    [[nodiscard]] std::uint64_t used() const override;

  private:
    using Reader = std::unique_ptr<archive, decltype(&::archive_read_free)>;

    FilterSource(const ArchiveLibrary& library, std::filesystem::path file, Packing packing)
        : library_(&library),
          file_(std::move(file)),
          packing_(packing),
          reader_(library.read_new(), library.read_free) {}
    [[nodiscard]] core::Result<void> begin();
    [[nodiscard]] core::Result<void> check_end();
    [[nodiscard]] std::unexpected<core::Error> failure() const;

    const ArchiveLibrary* library_;
    std::filesystem::path file_;
    Packing packing_;
    Reader reader_;
    std::vector<char> unpacked_ = std::vector<char>(std::size_t{256} << 10U);
    bool ended_ = false;
};

}  // namespace reel::fetch
