#include "warehouse/source/csv_file.hpp"

#include <utility>

namespace reel::warehouse {

namespace {

/// A reader that somebody else keeps.
class CsvRecords final : public RecordStream {
  public:
    explicit CsvRecords(CsvReader& reader) : reader_(reader) {}
    core::Result<bool> next(Record& record) override { return reader_.next(record); }
    [[nodiscard]] const ReadCounts& counts() const override { return reader_.counts(); }

  private:
    CsvReader& reader_;
};

/// What a cutter has read, and what its source still has.
class CsvRest final : public RecordStream {
  public:
    CsvRest(
        std::string_view begun,
        ByteSource& source,
        const CsvOptions& options,
        const std::vector<std::string>& columns,
        const CsvPlace& place
    )
        : bytes_(begun, source), reader_(CsvReader::resume(bytes_, options, columns, place)) {}
    core::Result<bool> next(Record& record) override { return reader_.next(record); }
    [[nodiscard]] const ReadCounts& counts() const override { return reader_.counts(); }

  private:
    ChainedSource bytes_;
    CsvReader reader_;
};

}  // namespace

core::Result<std::unique_ptr<RecordFile>> CsvFile::open(
    ByteSource& source, const CsvOptions& options
) {
    auto reader = CsvReader::open(source, options);
    if (!reader) return std::unexpected(std::move(reader.error()));
    return std::unique_ptr<RecordFile>(new CsvFile(source, options, std::move(*reader)));
}

CsvFile::CsvFile(ByteSource& source, const CsvOptions& options, CsvReader reader)
    : source_(source), options_(options), reader_(std::move(reader)) {
    options_.fields = header().size();
    const auto begun = reader_.hand_over();
    if (!begun) return;
    begun_ = reader_.counts();
    lines_before_ = begun->line - 1;
    cutter_.emplace(source_, options_, *begun, options_.block_bytes);
}

core::Result<std::optional<TextBlock>> CsvFile::next_block(TextBlock used) {
    if (!cutter_) return std::nullopt;
    return cutter_->next(std::move(used));
}

std::uint64_t CsvFile::offset() const {
    return cutter_ ? cutter_->offset() : reader_.counts().bytes;
}

std::unique_ptr<RecordStream> CsvFile::rest(const CsvPlace& place) {
    if (!cutter_) return std::make_unique<CsvRecords>(reader_);
    if (!cutter_->has_rest()) return nullptr;
    return std::make_unique<CsvRest>(cutter_->rest(), source_, options_, header(), place);
}

}  // namespace reel::warehouse
