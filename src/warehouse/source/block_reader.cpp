#include "warehouse/source/block_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace reel::warehouse {

namespace {

/// How much is searched at once; the positions of it stay in the nearest cache.
constexpr std::size_t piece_bytes = 16U << 10U;
/// A block with one huge record is read by the scanner, whose memory does not grow with its cells.
constexpr std::size_t greatest_found = 4U << 20U;

/// A part of a block.
class ViewSource final : public ByteSource {
  public:
    explicit ViewSource(std::string_view text) : text_(text) {}
    core::Result<std::size_t> read(std::span<std::byte> into) override {
        const std::size_t size = std::min(into.size(), text_.size());
        std::memcpy(into.data(), text_.data(), size);
        text_.remove_prefix(size);
        return size;
    }

  private:
    std::string_view text_;
};

CsvOptions with_small_window(CsvOptions options) {
    options.read_bytes = std::min(options.read_bytes, piece_bytes);
    return options;
}

}  // namespace

/// Reading byte by byte, up to a place where the quick way may be tried again.
struct BlockReader::Exact {
    Exact(std::string_view text, const CsvOptions& options, const CsvPlace& place)
        : source(text), scanner(source, options, place) {}

    ViewSource source;
    CsvScanner scanner;
    std::size_t until = 0;
};

BlockReader::BlockReader(std::vector<std::string> columns, const CsvOptions& options)
    : options_(with_small_window(options)),
      judge_(std::move(columns), options_),
      finder_(options.delimiter, options.quote) {}

BlockReader::~BlockReader() = default;

void BlockReader::start(const TextBlock& block) {
    block_ = &block;
    counts_ = {};
    begin_ = next_ = fields_ = found_ = special_end_ = counted_ = 0;
    line_ = block.first_line;
    ends_.clear();
    finder_.restart();
    exact_.reset();
    const bool is_plain_csv =
        options_.escape == '\0' && options_.comment == '\0' && options_.widths.empty();
    if (!is_plain_csv || block.size > greatest_found) read_exactly(block.size);
}

bool BlockReader::next() {
    for (;;) {
        if (exact_ && next_ >= exact_->until && next_ < block_->size) {
            exact_.reset();
            found_ = next_;
            finder_.restart();
        }
        if (!(exact_ ? next_exact() : next_found())) return false;
        if (exact_ && exact_->scanner.shape().comment) {
            ++counts_.comments;
            continue;
        }
        const bool blank = exact_ ? exact_->scanner.shape().blank
                                  : fields_ == 1 && ends_.unused().front() == begin_;
        if (!blank || judge_.columns().size() == 1) break;
        ++counts_.blank_lines;
    }
    ++counts_.records;
    return true;
}

bool BlockReader::next_exact() {
    is_plain_ = false;
    begin_ = next_;
    if (!exact_->scanner.scan()) return false;
    next_ = static_cast<std::size_t>(exact_->scanner.bytes() - block_->offset);
    const bool unclosed = exact_->scanner.shape().fault == CsvFault::unclosed_quote;
    counts_.unclosed_quote |= unclosed;
    if (unclosed) counts_.last_line = exact_->scanner.last_line();
    return true;
}

/// Goes to the record behind the last one by the ends that were found.
bool BlockReader::next_found() {
    ends_.use(std::exchange(fields_, 0));
    begin_ = next_;
    if (begin_ >= block_->size) return false;
    const char* const text = block_->bytes.get();
    for (;;) {
        const auto ends = ends_.unused();
        while (fields_ < ends.size() && text[ends[fields_]] == options_.delimiter) ++fields_;
        if (fields_ < ends.size()) break;
        if (!find_more()) return next_exact();
    }
    const std::size_t end = ends_.unused()[fields_++];
    next_ = end + (text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1);
    is_plain_ = begin_ >= special_end_ && fields_ == judge_.columns().size();
    if (end - begin_ <= std::min(options_.max_cell_bytes, options_.max_record_bytes)) return true;
    next_ = begin_;
    read_exactly(end + 1);
    return next_exact();
}

/// Searches the next piece; false when it must be read exactly.
bool BlockReader::find_more() {
    const std::size_t to = std::min(found_ + piece_bytes, block_->size);
    const bool sound = finder_.find(block_->bytes.get(), found_, to, ends_);
    if (!sound || (to == block_->size && finder_.in_quotes())) {
        next_ = begin_;
        read_exactly(to);
        return false;
    }
    if (!finder_.saw_plain()) special_end_ = to;
    found_ = to;
    // The last record may do without a line end.
    if (to == block_->size) ends_.add(static_cast<std::uint32_t>(to));
    return true;
}

/// From the record at hand on; the quick way begins again with the first record at or behind
/// `resume_at`.
void BlockReader::read_exactly(std::size_t resume_at) {
    ends_.clear();
    fields_ = 0;
    const CsvPlace place = {.line = line_at(next_), .offset = block_->offset + next_};
    exact_ = std::make_unique<Exact>(block_->text().substr(next_), options_, place);
    exact_->scanner.keep_fields(judge_.columns().size());
    exact_->until = resume_at;
}

void BlockReader::read(Record& record) {
    if (!exact_) shape_found();
    judge_.fill(exact_ ? exact_->scanner.shape() : shape_, record);
    record.number = counts_.records;
    counts_.problems += record.problem ? 1 : 0;
}

/// What the scanner would say of the record that was found.
void BlockReader::shape_found() {
    const char* const text = block_->bytes.get() + begin_;
    const auto ends = ends_.unused();
    shape_.spans.clear();
    std::size_t from = 0;
    for (std::size_t i = 0; i < std::min(fields_, judge_.columns().size()); ++i) {
        const std::size_t to = ends[i] - begin_;
        CsvSpan span = {.begin = from, .size = to - from};
        if (options_.quote != '\0' && from < to && text[from] == options_.quote) {
            span = {.begin = from + 1, .size = to - from - 2, .quoted = true};
            span.doubled = std::memchr(text + span.begin, options_.quote, span.size) != nullptr;
        }
        shape_.spans.push_back(span);
        from = to + 1;
    }
    shape_.fields = fields_;
    shape_.line = line_at(begin_);
    shape_.offset = block_->offset + begin_;
    shape_.raw = {text, ends[fields_ - 1] - begin_};
    shape_.raw_size = shape_.raw.size();
}

/// Positions never go back.
std::uint64_t BlockReader::line_at(std::size_t position) {
    if (position > counted_) {
        line_ += count_line_ends(block_->bytes.get() + counted_, position - counted_);
        counted_ = position;
    }
    return line_;
}

std::uint64_t BlockReader::line_ends() const {
    return count_line_ends(block_->bytes.get(), block_->size);
}

}  // namespace reel::warehouse
