#include "warehouse/source/csv_scanner.hpp"

#include <algorithm>
#include <cstring>

namespace reel::warehouse {

CsvScanner::CsvScanner(ByteSource& source, const CsvOptions& options, const CsvPlace& place)
    : window_(source, options.read_bytes, place.offset), options_(options), line_(place.line) {
    for (const char ends : {options.delimiter, options.quote, options.escape, '\r', '\n'}) {
        ends_run_[static_cast<unsigned char>(ends)] = true;
    }
    ends_run_[0] = false;
    options_.cut_raw_bytes =
        std::min({options.cut_raw_bytes, options.max_cell_bytes, options.max_record_bytes});
}

core::Result<void> CsvScanner::skip_byte_order_mark() {
    while (window_.rest().size() < 3 && window_.fill()) {
    }
    const std::string_view front = window_.rest();
    if (front.starts_with("\xFF\xFE") || front.starts_with("\xFE\xFF")) {
        return core::fail(
            core::Errc::unsupported,
            "the file is UTF-16, not UTF-8",
            "source.encoding: utf-16 reads it"
        );
    }
    if (front.starts_with("\xEF\xBB\xBF")) window_.advance(3);
    return {};
}

std::optional<ReadAhead> CsvScanner::hand_over(bool with_record) const {
    if (!with_record) return ReadAhead{std::string(window_.rest()), line_, window_.offset()};
    if (cut_) return std::nullopt;
    return ReadAhead{std::string(window_.kept_and_rest()), shape_.line, shape_.offset};
}

void CsvScanner::skip_lines(std::uint64_t lines) {
    for (; lines > 0 && pass_line(); --lines) {
    }
}

/// Passes everything up to behind a line end; false at the end of the file.
bool CsvScanner::pass_line() {
    window_.let_go();
    last_line_ = line_;
    for (;;) {
        const std::string_view rest = window_.rest();
        const std::size_t size = std::min(rest.find_first_of("\r\n"), rest.size());
        window_.advance(size);
        if (size < rest.size()) break;
        if (!window_.fill()) return !rest.empty();
    }
    pass_line_end(window_.rest().front());
    return true;
}

bool CsvScanner::scan() {
    if (window_.rest().empty() && !window_.fill()) return false;
    shape_.comment = options_.comment != '\0' && window_.rest().front() == options_.comment;
    if (shape_.comment) {
        shape_.fault = CsvFault::none;
        pass_line();
        return !window_.failure();
    }
    begin_record();
    for (;;) {
        begin_cell();
        const bool at_end = window_.rest().empty() && !more();
        const bool quoted =
            !at_end && options_.quote != '\0' && window_.rest().front() == options_.quote;
        const After after = quoted ? scan_quoted() : scan_plain(true);
        if (after == After::record) break;
    }
    finish_record();
    return !window_.failure();
}

void CsvScanner::begin_record() {
    window_.mark();
    cut_ = false;
    shape_.spans.clear();
    shape_.fields = 0;
    shape_.line = line_;
    shape_.offset = window_.offset();
    shape_.raw_size = 0;
    shape_.fault = CsvFault::none;
}

void CsvScanner::finish_record() {
    shape_.raw = cut_ ? std::string_view(cut_raw_)
                      : window_.kept().substr(0, static_cast<std::size_t>(shape_.raw_size));
    if (shape_.fault >= CsvFault::record_too_large) {
        shape_.raw = shape_.raw.substr(0, options_.cut_raw_bytes);
    }
    shape_.blank = shape_.raw_size == 0;
}

/// Up to the end of the cell; after a closing quote (not `is_cell`) the bytes are passed over.
CsvScanner::After CsvScanner::scan_plain(bool is_cell) {
    bool escaped = false;
    for (;;) {
        const std::string_view rest = window_.rest();
        const auto stop = std::find_if(rest.begin(), rest.end(), [this](char c) {
            return ends_run_[static_cast<unsigned char>(c)];
        });
        window_.advance(static_cast<std::size_t>(stop - rest.begin()));
        if (stop == rest.end()) {
            if (more()) continue;
        } else if (options_.quote != '\0' && *stop == options_.quote) {
            blame(CsvFault::quote_in_plain_cell);
            window_.advance(1);
            continue;
        } else if (options_.escape != '\0' && *stop == options_.escape) {
            escaped |= pass_escape(false);
            continue;
        }
        const auto size = static_cast<std::size_t>(window_.offset() - cell_offset_);
        if (is_cell) end_cell({.size = size, .doubled = escaped});
        return pass_separator();
    }
}

/// Passes an escape and what it makes data of; false when that is nothing.
bool CsvScanner::pass_escape(bool quoted) {
    window_.advance(1);
    if (window_.rest().empty() && !more()) return false;
    const char next = window_.rest().front();
    const bool is_quote = options_.quote != '\0' && next == options_.quote;
    const bool escapes = next == options_.escape || is_quote || (!quoted && is_separator(next));
    if (!escapes) return false;
    if (next == '\r' || next == '\n') {
        pass_line_end(next);
    } else {
        window_.advance(1);
    }
    return true;
}

CsvScanner::After CsvScanner::scan_quoted() {
    const std::uint64_t opened_on = line_;
    window_.advance(1);
    cell_offset_ = window_.offset();
    CsvSpan span = {.quoted = true};
    if (!find_closing_quote(span)) {
        blame(CsvFault::unclosed_quote);
        shape_.fault_line = opened_on;
    }
    const std::string_view rest = window_.rest();
    const bool text_follows = !rest.empty() && !is_separator(rest.front());
    if (text_follows) blame(CsvFault::text_after_quote);
    end_cell(span);
    return text_follows ? scan_plain(false) : pass_separator();
}

/// Passes the cell and its closing quote; false when the file ends before.
bool CsvScanner::find_closing_quote(CsvSpan& span) {
    const std::array<char, 2> either = {options_.quote, options_.escape};
    const std::string_view quote_or_escape(either.data(), either.size());
    after_cr_ = false;
    for (;;) {
        const std::string_view rest = window_.rest();
        const std::size_t found = options_.escape == '\0' ? rest.find(options_.quote)
                                                          : rest.find_first_of(quote_or_escape);
        const std::size_t size = std::min(found, rest.size());
        count_lines(rest.substr(0, size));
        window_.advance(size);
        if (size == rest.size()) {
            if (more()) continue;
            span.size = static_cast<std::size_t>(window_.offset() - cell_offset_);
            return false;
        }
        if (rest[size] != options_.quote) {
            span.doubled |= pass_escape(true);
            after_cr_ = false;
            continue;
        }
        window_.advance(1);
        const bool at_end = window_.rest().empty() && !more();
        if (at_end || window_.rest().front() != options_.quote) {
            span.size = static_cast<std::size_t>(window_.offset() - cell_offset_) - 1;
            return true;
        }
        window_.advance(1);
        span.doubled = true;
        after_cr_ = false;
    }
}

CsvScanner::After CsvScanner::pass_separator() {
    check_sizes();
    shape_.raw_size = window_.offset() - shape_.offset;
    last_line_ = line_;
    if (window_.rest().empty()) return After::record;
    const char separator = window_.rest().front();
    if (separator == options_.delimiter) {
        window_.advance(1);
        return After::cell;
    }
    pass_line_end(separator);
    return After::record;
}

void CsvScanner::pass_line_end(char first) {
    window_.advance(1);
    ++line_;
    if (first != '\r') return;
    const bool at_end = window_.rest().empty() && !window_.fill();
    if (!at_end && window_.rest().front() == '\n') window_.advance(1);
}

bool CsvScanner::more() {
    check_sizes();
    return window_.fill();
}

void CsvScanner::begin_cell() {
    cell_offset_ = window_.offset();
    in_cell_ = true;
}

void CsvScanner::end_cell(CsvSpan span) {
    if (span.size > options_.max_cell_bytes) blame(CsvFault::cell_too_large);
    in_cell_ = false;
    span.begin = static_cast<std::size_t>(cell_offset_ - shape_.offset);
    if (shape_.spans.size() < max_spans_ && !cut_) shape_.spans.push_back(span);
    ++shape_.fields;
}

/// A record that outgrows its limits is read to its end, but no longer kept.
void CsvScanner::check_sizes() {
    const std::uint64_t cell_size = in_cell_ ? window_.offset() - cell_offset_ : 0;
    // Two bytes may be the closing quote and what was doubled after it.
    const bool cell_too_large = cell_size > options_.max_cell_bytes + 2;
    if (cell_too_large) blame(CsvFault::cell_too_large);
    const bool record_too_large = window_.offset() - shape_.offset > options_.max_record_bytes;
    if (record_too_large) blame(CsvFault::record_too_large);
    if (!cut_ && (cell_too_large || record_too_large)) {
        cut_raw_ = window_.kept().substr(0, options_.cut_raw_bytes);
        cut_ = true;
    }
    if (cut_) window_.let_go();
}

void CsvScanner::blame(CsvFault fault) {
    if (fault <= shape_.fault) return;
    shape_.fault = fault;
    shape_.fault_field = shape_.fields;
}

void CsvScanner::count_lines(std::string_view text) {
    if (text.empty()) return;
    if (after_cr_ && text.front() == '\n') text.remove_prefix(1);
    after_cr_ = false;
    if (text.empty()) return;
    line_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (std::memchr(text.data(), '\r', text.size()) != nullptr) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) ++line_;
        }
        after_cr_ = text.back() == '\r';
    }
}

}  // namespace reel::warehouse
