#pragma once

#include <optional>

#include "warehouse/source/block_cutter.hpp"
#include "warehouse/source/record_file.hpp"
#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

/// A CSV file behind its header.
class CsvFile final : public RecordFile {
  public:
    /// The source must outlive it. Errors as CsvReader::open.
    [[nodiscard]] static core::Result<std::unique_ptr<RecordFile>> open(
        ByteSource& source, const CsvOptions& options
    );

    [[nodiscard]] const std::vector<std::string>& header() const override {
        return reader_.header();
    }
    [[nodiscard]] const ReadCounts& begun() const override { return begun_; }
    [[nodiscard]] std::uint64_t lines_before() const override { return lines_before_; }
    [[nodiscard]] core::Result<std::optional<TextBlock>> next_block(TextBlock used) override;
    [[nodiscard]] std::uint64_t offset() const override;
    [[nodiscard]] std::unique_ptr<RecordStream> rest(const CsvPlace& place) override;

  private:
    CsvFile(ByteSource& source, const CsvOptions& options, CsvReader reader);

    ByteSource& source_;
    CsvOptions options_;
    CsvReader reader_;
    ReadCounts begun_;
    std::uint64_t lines_before_ = 0;
    std::optional<BlockCutter> cutter_;  ///< none when the first record is too large for a block
};

}  // namespace reel::warehouse
