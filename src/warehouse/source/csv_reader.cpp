#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "warehouse/source/csv_rules.hpp"
#include "warehouse/source/csv_scanner.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/types/utf8.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_columns = 4096;

std::string unescape(std::string_view text, char quote) {
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

}  // namespace

class CsvReader::State {
  public:
    State(ByteSource& source, CsvOptions options)
        : options_(std::move(options)), scanner_(source, options_) {}

    core::Result<void> begin();
    core::Result<bool> next(Record& record);
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    [[nodiscard]] const ReadCounts& counts() const { return counts_; }

  private:
    core::Result<bool> scan();
    core::Result<void> read_header();
    core::Result<void> name_columns();
    std::optional<std::string> judge();
    [[nodiscard]] std::optional<std::string> judge_bytes() const;
    [[nodiscard]] std::string describe_fault() const;
    [[nodiscard]] std::string name_column(std::uint64_t index) const;
    void fill_cells(Record& record);
    [[nodiscard]] std::string_view raw_of(const CsvSpan& span) const {
        return scanner_.shape().raw.substr(span.begin, span.size);
    }

    CsvOptions options_;
    CsvScanner scanner_;
    std::vector<std::string> columns_;
    ReadCounts counts_;
    std::string unescaped_;
    bool scanned_ahead_ = false;  ///< the scanner stands at a record that was not given out yet
};

core::Result<void> CsvReader::State::begin() {
    if (auto start = scanner_.skip_byte_order_mark(); !start) return start;
    scanner_.keep_fields(max_columns);
    auto named = options_.header ? read_header() : name_columns();
    if (!named) return named;
    scanner_.keep_fields(columns_.size());
    return check_names(columns_);
}

/// The next line that is not blank; false at the end of the file.
core::Result<bool> CsvReader::State::scan() {
    for (;;) {
        const bool found = scanner_.scan();
        if (scanner_.failure()) return std::unexpected(*scanner_.failure());
        counts_.bytes = scanner_.bytes();
        counts_.last_line = scanner_.last_line();
        if (!found) return false;
        if (!scanner_.shape().blank || columns_.size() == 1) return true;
        ++counts_.blank_lines;
    }
}

core::Result<void> CsvReader::State::read_header() {
    const auto found = scan();
    if (!found) return std::unexpected(found.error());
    if (!*found) {
        return core::fail(
            core::Errc::corrupt_data,
            "the file is empty, its first line should name the columns",
            "header: false reads a file without such a line"
        );
    }
    const CsvShape& shape = scanner_.shape();
    auto problem = shape.fault == CsvFault::none ? judge_bytes() : describe_fault();
    if (shape.fields > max_columns) {
        problem = fmt::format("{} columns, more than {}", shape.fields, max_columns);
    }
    if (problem) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format("line {}: the header cannot be read: {}", shape.line, *problem)
        );
    }
    for (const CsvSpan& span : shape.spans) {
        const std::string_view name = raw_of(span);
        columns_.push_back(span.doubled ? unescape(name, options_.quote) : std::string(name));
    }
    return {};
}

core::Result<void> CsvReader::State::name_columns() {
    columns_ = options_.columns;
    if (!columns_.empty()) return {};
    const auto found = scan();
    if (!found) return std::unexpected(found.error());
    scanned_ahead_ = *found;
    const std::uint64_t fields = *found ? scanner_.shape().fields : 0;
    if (fields > max_columns) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format("the first record has {} fields, more than {}", fields, max_columns)
        );
    }
    for (std::uint64_t i = 1; i <= fields; ++i) columns_.push_back(fmt::format("column_{}", i));
    return {};
}

core::Result<bool> CsvReader::State::next(Record& record) {
    record.cells.clear();
    if (!std::exchange(scanned_ahead_, false)) {
        auto found = scan();
        if (!found || !*found) return found;
    }
    const CsvShape& shape = scanner_.shape();
    record.number = ++counts_.records;
    record.line = shape.fault == CsvFault::unclosed_quote ? shape.fault_line : shape.line;
    record.offset = shape.offset;
    record.raw = shape.raw;
    record.raw_size = shape.raw_size;
    record.problem = judge();
    if (record.problem) {
        ++counts_.problems;
        counts_.unclosed_quote |= shape.fault == CsvFault::unclosed_quote;
    } else {
        fill_cells(record);
    }
    return true;
}

/// Why the record cannot be read, if it cannot.
std::optional<std::string> CsvReader::State::judge() {
    const CsvShape& shape = scanner_.shape();
    const bool has_all_fields = shape.fields == columns_.size();
    if (shape.fault == CsvFault::none && has_all_fields) return judge_bytes();
    std::string problem = describe_fault();
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

std::string CsvReader::State::describe_fault() const {
    const CsvShape& shape = scanner_.shape();
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

std::string CsvReader::State::name_column(std::uint64_t index) const {
    if (index >= columns_.size()) return fmt::format("column {}", index + 1);
    return fmt::format("column {} ({})", index + 1, columns_[static_cast<std::size_t>(index)]);
}

std::optional<std::string> CsvReader::State::judge_bytes() const {
    const CsvShape& shape = scanner_.shape();
    if (is_plain_ascii(shape.raw)) return std::nullopt;
    for (std::size_t i = 0; i < shape.spans.size(); ++i) {
        const std::string_view cell = raw_of(shape.spans[i]);
        if (const std::size_t nul = cell.find('\0'); nul != std::string_view::npos) {
            return fmt::format("{}: NUL at byte {}", name_column(i), nul + 1);
        }
        if (const auto invalid = find_invalid_utf8(cell)) {
            return fmt::format(
                "{}: invalid UTF-8 at byte {} (0x{:02X})",
                name_column(i),
                *invalid + 1,
                static_cast<unsigned char>(cell[*invalid])
            );
        }
    }
    return std::nullopt;
}

void CsvReader::State::fill_cells(Record& record) {
    const CsvShape& shape = scanner_.shape();
    unescaped_.clear();
    record.cells.resize(shape.spans.size());
    for (std::size_t i = 0; i < shape.spans.size(); ++i) {
        const CsvSpan& span = shape.spans[i];
        record.cells[i] = {.text = raw_of(span), .quoted = span.quoted};
        if (!span.doubled) continue;
        // Once for all cells of the record, so that earlier views into it stay valid.
        unescaped_.reserve(shape.raw.size());
        const std::size_t begin = unescaped_.size();
        unescaped_ += unescape(record.cells[i].text, options_.quote);
        record.cells[i].text = std::string_view(unescaped_).substr(begin);
    }
}

core::Result<CsvReader> CsvReader::open(ByteSource& source, CsvOptions options) {
    if (auto sound = check_options(options); !sound) return std::unexpected(sound.error());
    auto state = std::make_unique<State>(source, std::move(options));
    if (auto begun = state->begin(); !begun) return std::unexpected(begun.error());
    return CsvReader(std::move(state));
}

CsvReader::CsvReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::header() const {
    return state_->columns();
}

std::optional<std::size_t> CsvReader::find_column(std::string_view name) const {
    const auto& names = state_->columns();
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

core::Result<bool> CsvReader::next(Record& record) {
    return state_->next(record);
}

const ReadCounts& CsvReader::counts() const {
    return state_->counts();
}

}  // namespace reel::warehouse
