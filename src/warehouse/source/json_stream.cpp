#include "warehouse/source/json_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::warehouse {

core::Result<void> check_json_end(const JsonEnd& end, bool is_array) {
    const auto cut = [](const char* what) {
        return core::fail(
            core::Errc::corrupt_data,
            what,
            "the file was cut, or one of its records lacks a bracket or a quote"
        );
    };
    if (is_array && !end.closed) return cut("the file ends before its array does");
    if (!is_array && end.inside) return cut("the file ends inside a record");
    if (!is_array && end.closed) {
        return core::fail(core::Errc::corrupt_data, "an array is closed that was never opened");
    }
    if (end.has_rubbish) {
        return core::fail(
            core::Errc::corrupt_data,
            "something stands behind the end of the array",
            "a file may be one array; records on lines of their own are format: jsonl"
        );
    }
    return {};
}

JsonStream::JsonStream(
    std::string_view begun,
    ByteSource& source,
    JsonLayout layout,
    const CsvOptions& limits,
    const CsvPlace& place
)
    : source_(begun, source),
      limits_(limits),
      splitter_(layout),
      offset_(place.offset),
      line_(place.line),
      counts_{.records = place.records} {}

core::Result<bool> JsonStream::next(Record& record) {
    for (;;) {
        dropped_ = 0;
        const auto found = find();
        if (!found || !*found) return found;
        counts_.bytes = offset_ + splitter_.position();
        const std::string_view text(text_);
        const auto whole = text.substr(splitter_.begin(), record_end_ - splitter_.begin());
        if (dropped_ == 0 && std::ranges::all_of(whole, is_json_blank)) {
            ++counts_.blank_lines;
            continue;
        }
        fill_record(record);
        return true;
    }
}

/// Goes to the next record; the last one may lack its line end, or the rest of it.
core::Result<bool> JsonStream::find() {
    while (!ended_) {
        if (splitter_.find(text_)) {
            record_end_ = splitter_.end();
            return true;
        }
        if (splitter_.closed()) break;
        const auto more = fill();
        if (!more) return more;
        ended_ = !*more;
    }
    if (ended_ && splitter_.in_record() && !end_.inside) {
        end_.inside = true;
        record_end_ = text_.size();
        return true;
    }
    if (auto finished = finish(); !finished) return std::unexpected(finished.error());
    return false;
}

/// Reads on; false at the end of the source. What is in no record any more is let go, and all of a
/// record that is too large but its front.
core::Result<bool> JsonStream::fill() {
    let_go(splitter_.in_record() ? splitter_.begin() : splitter_.position());
    if (splitter_.in_record() && text_.size() > limits_.max_record_bytes) {
        if (dropped_ == 0) {
            cut_at_ = {.line = line_at(0), .offset = offset_};
            cut_ = text_.substr(0, limits_.cut_raw_bytes);
        }
        dropped_ += text_.size();
        let_go(text_.size());
    }
    const std::size_t before = text_.size();
    text_.resize(before + limits_.read_bytes);
    const auto got = source_.read(std::as_writable_bytes(std::span(text_).subspan(before)));
    text_.resize(before + got.value_or(0));
    if (!got) return std::unexpected(got.error());
    return *got > 0;
}

void JsonStream::let_go(std::size_t bytes) {
    static_cast<void>(line_at(std::max(bytes, counted_)));
    counted_ -= bytes;
    text_.erase(0, bytes);
    splitter_.forget(bytes);
    offset_ += bytes;
}

/// Positions never go back.
std::uint64_t JsonStream::line_at(std::size_t position) {
    const auto passed = std::string_view(text_).substr(counted_, position - counted_);
    line_ += static_cast<std::uint64_t>(std::ranges::count(passed, '\n'));
    counted_ = position;
    return line_;
}

void JsonStream::fill_record(Record& record) {
    const std::size_t begin = splitter_.begin();
    const std::size_t size = record_end_ - begin;
    if (dropped_ == 0 && size > limits_.max_record_bytes) {
        cut_at_ = {.line = line_at(begin), .offset = offset_ + begin};
        cut_ = text_.substr(begin, limits_.cut_raw_bytes);
    }
    if (dropped_ > 0 || size > limits_.max_record_bytes) {
        fill_too_large(record);
        record.raw_size = dropped_ + size;
        record.problem = fmt::format(
            "{} bytes, a record may have {}", record.raw_size, limits_.max_record_bytes
        );
    } else {
        judge_.fill(std::string_view(text_).substr(begin, size), record);
        record.line = line_at(begin);
        record.offset = offset_ + begin;
    }
    record.number = ++counts_.records;
    counts_.problems += record.problem ? 1 : 0;
}

void JsonStream::fill_too_large(Record& record) {
    record.cells.clear();
    record.value = nullptr;
    record.line = cut_at_.line;
    record.offset = cut_at_.offset;
    record.raw = cut_;
}

/// Looks at what is behind the last record.
core::Result<void> JsonStream::finish() {
    end_.closed = splitter_.closed();
    while (end_.closed) {
        const auto behind = std::string_view(text_).substr(splitter_.position());
        end_.has_rubbish |= !std::ranges::all_of(behind, is_json_blank);
        let_go(splitter_.position());
        text_.clear();
        counted_ = 0;
        const auto more = fill();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
    }
    return {};
}

}  // namespace reel::warehouse
