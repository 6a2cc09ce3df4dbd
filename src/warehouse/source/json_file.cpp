#include "warehouse/source/json_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "warehouse/source/json_stream.hpp"

namespace reel::warehouse {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t most_blanks = 1U << 20U;

/// What is behind the blocks of a file, with the check of its end.
class JsonRest final : public RecordStream {
  public:
    JsonRest(
        std::string_view begun,
        ByteSource& source,
        JsonLayout layout,
        const CsvOptions& limits,
        const CsvPlace& place,
        bool is_array
    )
        : stream_(begun, source, layout, limits, place), layout_(layout), is_array_(is_array) {}
    core::Result<bool> next(Record& record) override {
        auto more = stream_.next(record);
        if (!more || *more || layout_ == JsonLayout::lines) return more;
        if (auto sound = check_json_end(stream_.end(), is_array_); !sound) {
            return std::unexpected(sound.error());
        }
        return false;
    }
    [[nodiscard]] const ReadCounts& counts() const override { return stream_.counts(); }

  private:
    JsonStream stream_;
    JsonLayout layout_;
    bool is_array_;
};

core::Result<std::size_t> check_lines(const std::string& front, std::size_t at) {
    if (at == front.size() || front[at] != '[') return at;
    return core::fail(
        core::Errc::corrupt_data,
        "the file begins with [, it is an array and not an object on each line",
        "format: json reads an array"
    );
}

core::Result<std::size_t> check_elements(const std::string& front, std::size_t at) {
    if (at == front.size()) {
        return core::fail(core::Errc::corrupt_data, "the file is empty, an array was expected");
    }
    if (front[at] == '[' || front[at] == '{') return at;
    return core::fail(
        core::Errc::corrupt_data,
        "the file begins neither with an array nor with an object",
        "format says what it is: csv, tsv, jsonl or json"
    );
}

}  // namespace

core::Result<std::unique_ptr<RecordFile>> JsonFile::open(
    ByteSource& source, JsonLayout layout, const CsvOptions& limits, std::size_t block_bytes
) {
    std::unique_ptr<JsonFile> file(new JsonFile(source, layout, limits));
    if (auto begun = file->begin(block_bytes); !begun) return std::unexpected(begun.error());
    return std::unique_ptr<RecordFile>(std::move(file));
}

core::Result<void> JsonFile::begin(std::size_t block_bytes) {
    std::string front;
    const auto first = read_front(front);
    if (!first) return std::unexpected(first.error());
    std::size_t from = front.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    if (layout_ == JsonLayout::elements) {
        is_array_ = front[*first] == '[';
        from = *first + (is_array_ ? 1 : 0);
    }
    lines_before_ = static_cast<std::uint64_t>(
        std::count(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(from), '\n')
    );
    begun_.bytes = from;
    cutter_.emplace(
        source_,
        borders_,
        limits_,
        ReadAhead{.bytes = front.substr(from), .line = lines_before_ + 1, .offset = from},
        block_bytes
    );
    return {};
}

/// Reads up to the first character that is no blank and gives its place; an error when no file of
/// this kind begins with it.
core::Result<std::size_t> JsonFile::read_front(std::string& front) {
    std::size_t at = 0;
    for (std::size_t got = 1; got > 0 && front.size() < most_blanks;) {
        const std::size_t before = front.size();
        front.resize(before + limits_.read_bytes);
        const auto more = source_.read(std::as_writable_bytes(std::span(front).subspan(before)));
        if (!more) return std::unexpected(more.error());
        got = *more;
        front.resize(before + got);
        if (front.size() < byte_order_mark.size() && got > 0) continue;
        if (at == 0 && front.starts_with(byte_order_mark)) at = byte_order_mark.size();
        while (at < front.size() && is_json_blank(front[at])) ++at;
        if (at < front.size()) break;
    }
    if (layout_ == JsonLayout::lines) return check_lines(front, at);
    return check_elements(front, at);
}

core::Result<std::optional<TextBlock>> JsonFile::next_block(TextBlock used) {
    auto block = cutter_->next(std::move(used));
    const bool is_end = block && !*block && !cutter_->has_rest();
    if (!is_end || layout_ == JsonLayout::lines) return block;
    const JsonEnd end = {borders_.closed(), borders_.ended_inside(), borders_.has_rubbish()};
    if (auto sound = check_json_end(end, is_array_); !sound) return std::unexpected(sound.error());
    return block;
}

std::unique_ptr<RecordStream> JsonFile::rest(const CsvPlace& place) {
    if (!cutter_->has_rest()) return nullptr;
    return std::make_unique<JsonRest>(cutter_->rest(), source_, layout_, limits_, place, is_array_);
}

}  // namespace reel::warehouse
