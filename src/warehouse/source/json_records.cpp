#include "warehouse/source/json_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "warehouse/literal/parse.hpp"
#include "warehouse/source/separators.hpp"

namespace reel::warehouse {

void JsonJudge::fill(std::string_view text, Record& record) {
    record.cells.clear();
    record.raw = text;
    record.raw_size = text.size();
    record.value = nullptr;
    record.problem.reset();
    auto parsed = literal::parse_json(text);
    if (!parsed) {
        record.problem = "not JSON: " + parsed.error().message;
    } else if (parsed->map() == nullptr) {
        record.problem = fmt::format("an object was expected, not {}", parsed->kind());
    } else {
        value_ = *std::move(parsed);
        record.value = &value_;
    }
}

void JsonBlockReader::start(const TextBlock& block) {
    block_ = &block;
    splitter_.restart();
    counts_ = {};
    begin_ = end_ = counted_ = 0;
    line_ = block.first_line;
    at_end_ = false;
}

bool JsonBlockReader::next() {
    while (find()) {
        const std::string_view text = block_->text().substr(begin_, end_ - begin_);
        if (!std::ranges::all_of(text, is_json_blank)) {
            ++counts_.records;
            return true;
        }
        ++counts_.blank_lines;
    }
    return false;
}

/// The file may end without a line end behind the last record, or inside it.
bool JsonBlockReader::find() {
    if (at_end_) return false;
    const bool found = splitter_.find(block_->text());
    at_end_ = !found;
    begin_ = splitter_.begin();
    end_ = found ? splitter_.end() : block_->size;
    return found || splitter_.in_record();
}

void JsonBlockReader::read(Record& record) {
    judge_.fill(block_->text().substr(begin_, end_ - begin_), record);
    line_ += count_line_ends(block_->bytes.get() + counted_, begin_ - counted_);
    counted_ = begin_;
    record.line = line_;
    record.number = counts_.records;
    record.offset = block_->offset + begin_;
    counts_.problems += record.problem ? 1 : 0;
}

std::uint64_t JsonBlockReader::line_ends() const {
    return count_line_ends(block_->bytes.get(), block_->size);
}

}  // namespace reel::warehouse
