#include "warehouse/stage/rejoiner.hpp"

#include <utility>

namespace reel::warehouse {

namespace {

/// CR, LF and CRLF.
std::uint64_t line_ends_in(std::string_view text) {
    std::uint64_t ends = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_crlf = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        ends += text[i] == '\n' || (text[i] == '\r' && !is_crlf) ? 1 : 0;
    }
    return ends;
}

}  // namespace

RecordPart::RecordPart(const Record& record)
    : number(record.number),
      line(record.line),
      next_line(record.line + line_ends_in(record.raw) + 1),
      offset(record.offset),
      raw(record.raw),
      ends_quoted(record.cells.back().quoted),
      problem(record.problem.value_or("")) {
    cells.reserve(record.cells.size());
    for (const Cell& cell : record.cells) cells.emplace_back(cell.text);
}

bool RecordPart::pairs_with(const Record& rest, std::size_t fields) const {
    constexpr std::uint64_t longest_line_end = 2;
    const std::uint64_t end = offset + raw.size();
    if (rest.line != next_line) return false;
    return rest.is_short && cells.size() + rest.cells.size() == fields + 1 && !ends_quoted &&
           !rest.cells.front().quoted && rest.offset > end && rest.offset <= end + longest_line_end;
}

Record RecordPart::record() const {
    Record record;
    record.number = number;
    record.line = line;
    record.offset = offset;
    record.raw = raw;
    record.raw_size = raw.size();
    record.problem = problem;
    return record;
}

JoinedRecord::JoinedRecord(const RecordPart& front, const Record& rest, std::string_view line_end)
    : raw_(front.raw + std::string(line_end) + std::string(rest.raw)),
      cells_(front.cells),
      record_(front.record()) {
    cells_.back() += std::string(line_end) + std::string(rest.cells.front().text);
    record_.problem.reset();
    record_.raw = raw_;
    record_.raw_size = raw_.size();
    for (const auto& cell : cells_) record_.cells.push_back({.text = cell});
    record_.cells.insert(record_.cells.end(), rest.cells.begin() + 1, rest.cells.end());
}

void Rejoiner::take(const Record& record, std::string_view behind) {
    if (front_ && join(record, behind)) return;
    flush();
    if (record.is_short) {
        front_.emplace(record);
    } else {
        router_.take(record);
    }
}

bool Rejoiner::join(const Record& rest, std::string_view behind) {
    if (!front_->pairs_with(rest, fields_)) return false;
    const std::size_t size = rest.offset - front_->offset - front_->raw.size();
    // Where it is not known, its length tells all line ends but the CR of old from LF.
    const std::string_view usual = size == 2 ? "\r\n" : "\n";
    joined_.emplace(*front_, rest, behind.empty() ? usual : behind.substr(0, size));
    if (!router_.fits(joined_->record())) return false;
    router_.take(joined_->record());
    ++rejoined_;
    front_.reset();
    return true;
}

void Rejoiner::flush() {
    if (!front_) return;
    told_ = std::exchange(front_, std::nullopt);
    router_.take(told_->record());
}

}  // namespace reel::warehouse
