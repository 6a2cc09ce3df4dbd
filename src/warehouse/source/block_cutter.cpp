#include "warehouse/source/block_cutter.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace reel::warehouse {

BlockCutter::BlockCutter(
    ByteSource& source, const CsvOptions& options, const ReadAhead& begun, std::size_t block_bytes
)
    : source_(source),
      delimiter_(options.delimiter),
      quote_(options.quote),
      block_bytes_(block_bytes),
      greatest_(options.max_record_bytes + block_bytes) {
    if (options.escape != '\0' || options.comment != '\0' || options.rejoin) {
        borders_ = &ends_.emplace(options);
    }
    block_.offset = begun.offset;
    grow(std::max(block_bytes_, begun.bytes.size()));
    std::ranges::copy(begun.bytes, block_.bytes.get());
    block_.size = begun.bytes.size();
}

BlockCutter::BlockCutter(
    ByteSource& source,
    RecordBorders& borders,
    const CsvOptions& limits,
    const ReadAhead& begun,
    std::size_t block_bytes
)
    : BlockCutter(source, limits, begun, block_bytes) {
    borders_ = &borders;
}

core::Result<std::optional<TextBlock>> BlockCutter::next(TextBlock used) {
    for (std::size_t wanted = block_bytes_;; wanted = std::min(2 * block_.size, greatest_)) {
        if (auto filled = fill(wanted); !filled) return std::unexpected(filled.error());
        if (block_.size == 0) return std::nullopt;
        follow_quotes();
        const std::size_t size = ended_ ? block_.size : find_cut();
        if (size > 0) return cut(size, std::move(used));
        if (block_.size >= greatest_) return std::nullopt;
    }
}

/// Reads until so many bytes are there, or the source has ended.
core::Result<void> BlockCutter::fill(std::size_t wanted) {
    if (wanted > block_.capacity) grow(wanted);
    while (!ended_ && block_.size < wanted) {
        const std::span free(block_.bytes.get() + block_.size, wanted - block_.size);
        const auto got = source_.read(std::as_writable_bytes(free));
        if (!got) return std::unexpected(got.error());
        ended_ = *got == 0;
        block_.size += *got;
    }
    return {};
}

void BlockCutter::grow(std::size_t capacity) {
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity + TextBlock::padding);  // NOLINT
    if (block_.size > 0) std::memcpy(bytes.get(), block_.bytes.get(), block_.size);
    block_.bytes = std::move(bytes);
    block_.capacity = capacity;
}

/// A quote opens where a cell begins, and only there; inside, the first that is not doubled closes.
void BlockCutter::follow_quotes() {
    if (borders_ != nullptr) {
        borders_->follow(block_.text());
        in_quotes_ = borders_->in_quotes();
        return;
    }
    const char* const text = block_.bytes.get();
    while (followed_ < block_.size && quote_ != '\0') {
        const void* found = std::memchr(text + followed_, quote_, block_.size - followed_);
        if (found == nullptr) break;
        const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text);
        followed_ = at + 1;
        if (!in_quotes_) {
            if (!opens_cell(at)) continue;
            if (at > outside_from_) outside_.push_back({outside_from_, at});
            in_quotes_ = true;
        } else if (followed_ == block_.size && !ended_) {
            followed_ = at;  // the next byte decides
            return;
        } else if (followed_ < block_.size && text[followed_] == quote_) {
            ++followed_;
        } else {
            in_quotes_ = false;
            outside_from_ = followed_;
        }
    }
    followed_ = block_.size;
}

bool BlockCutter::opens_cell(std::size_t at) const {
    if (at == 0) return true;
    const char before = block_.bytes[at - 1];
    return before == delimiter_ || before == '\n' || before == '\r';
}

/// Where the last record that is known to be whole ends; 0 when there is none.
std::size_t BlockCutter::find_cut() const {
    if (borders_ != nullptr) return borders_->whole();
    if (!in_quotes_) {
        if (const std::size_t found = find_cut({outside_from_, block_.size})) return found;
    }
    for (auto segment = outside_.rbegin(); segment != outside_.rend(); ++segment) {
        if (const std::size_t found = find_cut(*segment)) return found;
    }
    return 0;
}

std::size_t BlockCutter::find_cut(Segment segment) const {
    const std::string_view text = block_.text().substr(segment.begin, segment.end - segment.begin);
    if (const auto lf = text.rfind('\n'); lf != text.npos) return segment.begin + lf + 1;
    for (auto cr = text.rfind('\r'); cr != text.npos; cr = text.rfind('\r', cr - 1)) {
        // A LF may belong to it, and may be unread.
        const std::size_t behind = segment.begin + cr + 1;
        if (behind < block_.size && block_.bytes[behind] != '\n') return behind;
        if (cr == 0) break;
    }
    return 0;
}

TextBlock BlockCutter::cut(std::size_t size, TextBlock used) {
    const std::size_t left = block_.size - size;
    TextBlock next = std::move(used);
    next.sequence = block_.sequence + 1;
    next.offset = block_.offset + size;
    const std::size_t capacity = std::max(block_bytes_, left);
    if (next.capacity < capacity || next.capacity > 2 * capacity) {
        next.bytes =
            std::make_unique_for_overwrite<char[]>(capacity + TextBlock::padding);  // NOLINT
        next.capacity = capacity;
    }
    next.first_line = 1;
    next.ends_in_quotes = false;
    if (left > 0) std::memcpy(next.bytes.get(), block_.bytes.get() + size, left);
    next.size = left;

    block_.size = size;
    block_.ends_in_quotes = ended_ && in_quotes_;
    std::memset(block_.bytes.get() + size, 0, TextBlock::padding);
    block_.bytes[size] = '\n';
    outside_.clear();
    followed_ = outside_from_ = 0;
    in_quotes_ = false;
    if (borders_ != nullptr) borders_->restart();
    return std::exchange(block_, std::move(next));
}

}  // namespace reel::warehouse
