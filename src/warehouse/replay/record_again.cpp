#include "warehouse/replay/record_again.hpp"

#include <algorithm>
#include <utility>

namespace reel::warehouse {

namespace {

constexpr std::size_t smallest_read = 256;

/// Of the bytes of one record, which were converted when they were read first.
CsvOptions options_of_one(CsvOptions options) {
    options.header = false;
    options.skip = 0;
    options.encoding = Encoding::utf8;
    return options;
}

}  // namespace

RecordAgain::RecordAgain(const StageSpec& spec, std::vector<std::string> columns)
    : format_(spec.format), csv_(options_of_one(spec.csv)), columns_(std::move(columns)) {}

Record& RecordAgain::read(std::string_view bytes) {
    if (format_ == Format::csv) {
        read_csv(bytes);
    } else {
        json_.fill(bytes, record_);
    }
    return record_;
}

/// Of a record that was rejoined the bytes have its line break.
bool RecordAgain::read_rest(std::string_view bytes) {
    if (!record_.is_short) return false;
    const RecordPart front(record_);
    const bool found = reader_->next(record_).value_or(false);
    if (!found || reader_->counts().bytes != bytes.size()) return false;
    if (!front.pairs_with(record_, columns_.size())) return false;
    const std::size_t end = front.offset + front.raw.size();
    joined_.emplace(front, record_, bytes.substr(end, record_.offset - end));
    record_ = joined_->record();
    return true;
}

void RecordAgain::read_csv(std::string_view bytes) {
    reader_.reset();
    source_.emplace(std::string(bytes));
    record_.is_short = false;
    csv_.read_bytes = std::clamp<std::size_t>(bytes.size() + 1, smallest_read, 64U << 10U);
    reader_ = CsvReader::resume(*source_, csv_, columns_, {});
    // Bytes in memory are always there.
    const bool found = reader_->next(record_).value_or(false);
    if (found && reader_->counts().bytes == bytes.size()) return;
    if (found && read_rest(bytes)) return;
    record_.cells.clear();
    record_.problem = found ? "the bytes are more than one record" : "the bytes are no record";
}

}  // namespace reel::warehouse
