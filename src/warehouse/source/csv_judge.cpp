#include "warehouse/source/csv_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "warehouse/types/utf8.hpp"

namespace reel::warehouse {

namespace {

std::string_view text_of(const CsvShape& shape, const CsvSpan& span) {
    return shape.raw.substr(span.begin, span.size);
}

std::string undouble(std::string_view text, char quote) {
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = std::min(text.find(quote), text.size());
        plain += text.substr(0, size);
        if (size == text.size()) break;
        plain += quote;
        text.remove_prefix(size + 2);
    }
    return plain;
}

/// How many bytes so many characters of a text take, or the whole of it.
std::size_t bytes_of(std::string_view text, std::size_t characters) {
    std::size_t size = 0;
    while (size < text.size() && characters-- > 0) {
        do {
            ++size;
        } while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U);
    }
    return size;
}

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace

std::string unescape(std::string_view text, bool quoted, const CsvOptions& options) {
    if (options.escape == '\0') return undouble(text, options.quote);
    const auto is_escaped = [&](char next) {
        if (next == options.escape || (options.quote != '\0' && next == options.quote)) return true;
        return !quoted && (next == options.delimiter || next == '\r' || next == '\n');
    };
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool has_next = i + 1 < text.size();
        const bool doubled = quoted && text[i] == options.quote;
        const bool escape = text[i] == options.escape && has_next && is_escaped(text[i + 1]);
        if ((doubled && has_next) || escape) ++i;
        plain += text[i];
    }
    return plain;
}

std::optional<std::string> CsvJudge::judge(const CsvShape& shape) const {
    const bool has_all_fields = !options_.widths.empty() || shape.fields == columns_.size();
    if (shape.fault == CsvFault::none && has_all_fields) return judge_bytes(shape);
    std::string problem = describe_fault(shape);
    if (!has_all_fields && shape.fault < CsvFault::record_too_large) {
        if (!problem.empty()) problem += "; ";
        problem += fmt::format(
            "{} field{}, the header has {}",
            shape.fields,
            shape.fields == 1 ? "" : "s",
            columns_.size()
        );
    }
    return problem;
}

std::optional<std::string> CsvJudge::judge_text(const CsvShape& shape) const {
    if (shape.fault != CsvFault::none) return describe_fault(shape);
    return judge_bytes(shape);
}

void CsvJudge::fill(const CsvShape& shape, Record& record) {
    record.cells.clear();
    record.line = shape.fault == CsvFault::unclosed_quote ? shape.fault_line : shape.line;
    record.offset = shape.offset;
    record.raw = shape.raw;
    record.raw_size = shape.raw_size;
    record.problem = judge(shape);
    record.is_short = options_.rejoin && is_only_short(shape);
    if (record.problem && !record.is_short) return;
    options_.widths.empty() ? fill_cells(shape, record) : cut_cells(shape.raw, record);
}

bool CsvJudge::is_only_short(const CsvShape& shape) const {
    return shape.fault == CsvFault::none && shape.fields < columns_.size() && !judge_bytes(shape);
}

std::string CsvJudge::describe_fault(const CsvShape& shape) const {
    const std::string column = name_column(shape.fault_field);
    switch (shape.fault) {
        case CsvFault::none:
            return {};
        case CsvFault::quote_in_plain_cell:
            return fmt::format("{}: a quote inside an unquoted value", column);
        case CsvFault::text_after_quote:
            return fmt::format("{}: text behind the closing quote", column);
        case CsvFault::record_too_large:
            return fmt::format(
                "{} bytes, a record may have {}", shape.raw_size, options_.max_record_bytes
            );
        case CsvFault::cell_too_large:
            return fmt::format("{}: larger than {} bytes", column, options_.max_cell_bytes);
        case CsvFault::unclosed_quote:
            break;
    }
    return fmt::format(
        "{}: the quote opened on line {} is never closed, everything up to the end of the file is "
        "in "
        "this record",
        column,
        shape.fault_line
    );
}

std::string CsvJudge::name_column(std::uint64_t index) const {
    if (index >= columns_.size()) return fmt::format("column {}", index + 1);
    return fmt::format("column {} ({})", index + 1, columns_[static_cast<std::size_t>(index)]);
}

std::optional<std::string> CsvJudge::judge_bytes(const CsvShape& shape) const {
    if (is_plain_ascii(shape.raw)) return std::nullopt;
    for (std::size_t i = 0; i < shape.spans.size(); ++i) {
        const std::string_view cell = text_of(shape, shape.spans[i]);
        if (const std::size_t nul = cell.find('\0'); nul != std::string_view::npos) {
            return fmt::format("{}: NUL at byte {}", name_column(i), nul + 1);
        }
        if (const auto invalid = find_invalid_utf8(cell)) {
            return fmt::format("{}: {}", name_column(i), describe_invalid(cell, *invalid));
        }
    }
    return std::nullopt;
}

/// What was converted has other bytes than the file, but the same characters.
std::string CsvJudge::describe_invalid(std::string_view cell, std::size_t at) const {
    if (options_.encoding != Encoding::utf8) {
        return fmt::format(
            "invalid {} at character {}",
            to_string(options_.encoding),
            count_characters(cell.substr(0, at)) + 1
        );
    }
    return fmt::format(
        "invalid UTF-8 at byte {} (0x{:02X})", at + 1, static_cast<unsigned char>(cell[at])
    );
}

/// Cells that stand at the same places of each line.
void CsvJudge::cut_cells(std::string_view line, Record& record) const {
    record.cells.reserve(options_.widths.size());
    for (const std::size_t width : options_.widths) {
        const std::size_t size = bytes_of(line, width);
        record.cells.push_back({.text = trimmed(line.substr(0, size))});
        line.remove_prefix(size);
    }
    if (trimmed(line).empty()) return;
    record.cells.clear();
    record.problem = fmt::format("{} characters behind the last column", count_characters(line));
}

void CsvJudge::fill_cells(const CsvShape& shape, Record& record) {
    unescaped_.clear();
    record.cells.resize(shape.spans.size());
    for (std::size_t i = 0; i < shape.spans.size(); ++i) {
        const CsvSpan& span = shape.spans[i];
        record.cells[i] = {.text = text_of(shape, span), .quoted = span.quoted};
        if (!span.doubled) continue;
        // Once for all cells of the record, so that earlier views into it stay valid.
        unescaped_.reserve(shape.raw.size());
        const std::size_t begin = unescaped_.size();
        unescaped_ += unescape(record.cells[i].text, span.quoted, options_);
        record.cells[i].text = std::string_view(unescaped_).substr(begin);
    }
}

}  // namespace reel::warehouse
