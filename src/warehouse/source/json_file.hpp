#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "warehouse/source/block_cutter.hpp"
#include "warehouse/source/json_splitter.hpp"
#include "warehouse/source/record_file.hpp"

namespace reel::warehouse {

/// JSON lines; or an array of objects; or objects one after the other. Each is a record, whatever
/// it holds. Memory is bounded as it is for CSV.
class JsonFile final : public RecordFile {
  public:
    /// The source must outlive it. With the layout `elements` the file's first character tells
    /// whether there is an array around them. Errors: a file of another kind, an unreadable source;
    /// when read, an array that is never closed, or anything behind it.
    [[nodiscard]] static core::Result<std::unique_ptr<RecordFile>> open(
        ByteSource& source,
        JsonLayout layout,
        const CsvOptions& limits = {},
        std::size_t block_bytes = BlockCutter::usual_bytes
    );

    /// None: each record names its own values.
    [[nodiscard]] const std::vector<std::string>& header() const override { return header_; }
    [[nodiscard]] const ReadCounts& begun() const override { return begun_; }
    [[nodiscard]] std::uint64_t lines_before() const override { return lines_before_; }
    [[nodiscard]] core::Result<std::optional<TextBlock>> next_block(TextBlock used) override;
    [[nodiscard]] std::uint64_t offset() const override { return cutter_->offset(); }
    [[nodiscard]] std::unique_ptr<RecordStream> rest(const CsvPlace& place) override;

  private:
    JsonFile(ByteSource& source, JsonLayout layout, const CsvOptions& limits)
        : source_(source), layout_(layout), limits_(limits), borders_(layout) {}
    [[nodiscard]] core::Result<void> begin(std::size_t block_bytes);
    [[nodiscard]] core::Result<std::size_t> read_front(std::string& front);

    ByteSource& source_;
    JsonLayout layout_;
    CsvOptions limits_;
    JsonBorders borders_;
    bool is_array_ = false;
    std::vector<std::string> header_;
    ReadCounts begun_;
    std::uint64_t lines_before_ = 0;
    std::optional<BlockCutter> cutter_;
};

}  // namespace reel::warehouse
