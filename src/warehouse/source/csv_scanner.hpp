#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/source/byte_window.hpp"
#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

/// Where the record's structure breaks CSV's rules; the worst one that was met.
enum class CsvFault {
    none,
    quote_in_plain_cell,
    text_after_quote,
    record_too_large,
    cell_too_large,
    unclosed_quote,
};

/// A cell as it stands in the record's raw bytes, without its quotes.
struct CsvSpan {
    std::size_t begin = 0;
    std::size_t size = 0;
    bool quoted = false;
    bool doubled = false;  ///< holds doubled quotes or escapes
};

/// One record's structure. Views live until the next scan.
struct CsvShape {
    std::vector<CsvSpan> spans;  ///< at most as many as the scanner was told to keep
    std::uint64_t fields = 0;    ///< how many there are
    std::uint64_t line = 0;
    std::uint64_t offset = 0;
    std::string_view raw;
    std::uint64_t raw_size = 0;
    CsvFault fault = CsvFault::none;
    std::uint64_t fault_field = 0;  ///< from 0; says nothing when the record is too large
    std::uint64_t fault_line = 0;   ///< of the opening quote, when it is unclosed
    bool blank = false;             ///< nothing at all before the line end
    bool comment = false;           ///< a comment's line; then nothing else is said of it
};

/// Finds records and cells in a stream of bytes; knows nothing of headers, names and encodings.
class CsvScanner {
  public:
    CsvScanner(ByteSource& source, const CsvOptions& options, const CsvPlace& place = {});

    /// Drops a UTF-8 byte order mark; an error for UTF-16. Before the first scan only.
    [[nodiscard]] core::Result<void> skip_byte_order_mark();
    /// Passes so many lines, whatever they hold. Before the first scan only.
    void skip_lines(std::uint64_t lines);
    /// Reads on to the end of the next record or comment; false when there is none, or the source
    /// failed.
    [[nodiscard]] bool scan();
    [[nodiscard]] const CsvShape& shape() const { return shape_; }
    /// Spans beyond this many are counted, not kept.
    void keep_fields(std::size_t fields) { max_spans_ = fields; }

    /// What was read beyond the last record, or beyond what lies before it; none when that record
    /// was not kept whole.
    [[nodiscard]] std::optional<ReadAhead> hand_over(bool with_record) const;

    [[nodiscard]] std::uint64_t bytes() const { return window_.offset(); }
    [[nodiscard]] std::uint64_t last_line() const { return last_line_; }
    [[nodiscard]] const std::optional<core::Error>& failure() const { return window_.failure(); }

  private:
    enum class After { cell, record };

    void begin_record();
    bool pass_line();
    [[nodiscard]] bool pass_escape(bool quoted);
    void finish_record();
    [[nodiscard]] After scan_plain(bool is_cell);
    [[nodiscard]] After scan_quoted();
    [[nodiscard]] bool find_closing_quote(CsvSpan& span);
    [[nodiscard]] bool is_separator(char byte) const {
        return byte == options_.delimiter || byte == '\r' || byte == '\n';
    }
    [[nodiscard]] After pass_separator();
    void pass_line_end(char first);
    [[nodiscard]] bool more();
    void begin_cell();
    void end_cell(CsvSpan span);
    void check_sizes();
    void blame(CsvFault fault);
    void count_lines(std::string_view text);

    ByteWindow window_;
    CsvOptions options_;
    std::array<bool, 256> ends_run_ = {};
    std::size_t max_spans_ = SIZE_MAX;
    CsvShape shape_;
    std::string cut_raw_;            ///< the kept front of a record that is too large
    bool cut_ = false;               ///< its bytes pass by without being kept
    bool in_cell_ = false;           ///< bytes that come now belong to the cell's value
    bool after_cr_ = false;          ///< the last counted byte was CR
    std::uint64_t cell_offset_ = 0;  ///< of the current cell's first byte
    std::uint64_t line_ = 1;         ///< physical line of the next byte
    std::uint64_t last_line_ = 0;    ///< physical line of the last byte of the last record
};

}  // namespace reel::warehouse
