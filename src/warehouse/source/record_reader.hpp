#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/byte_source.hpp"
#include "warehouse/source/encoding.hpp"

namespace reel::warehouse {

namespace literal {
struct Value;
}

/// One value of a record, unescaped and valid UTF-8 without NUL. `quoted` tells "" from nothing.
struct Cell {
    std::string_view text;
    bool quoted = false;
};

/// One record of a file, good or bad. All views are valid until the next call of `next`.
struct Record {
    std::uint64_t number = 0;  ///< of data records, good and bad, from 1
    std::uint64_t line = 0;  ///< physical line of its first byte, from 1; of an unclosed quote: the
                             ///< line of that quote
    std::uint64_t offset = 0;  ///< of its first byte in the file, from 0
    std::vector<Cell> cells;   ///< exactly one per column; empty when there is a problem
    /// The object of a format whose records name their own values; else null, as with a problem.
    const literal::Value* value = nullptr;
    std::string_view raw;        ///< original bytes without the line end; cut when it is too large
    std::uint64_t raw_size = 0;  ///< how many bytes `raw` would have uncut
    /// Why it cannot be read: wrong number of fields, stray quote, NUL, invalid UTF-8, too large,
    /// unclosed quote, not JSON. Such a record belongs into quarantine as it is.
    std::optional<std::string> problem;
    /// With CsvOptions::rejoin: the only problem is that it has too few fields, and its cells are
    /// there.
    bool is_short = false;
};

struct CsvOptions {
    char delimiter = ',';
    char quote = '"';  ///< '\0' for a file in which a quote is an ordinary character
    /// '\0' for none. In a quoted cell it makes a quote or itself data, in an unquoted one also a
    /// delimiter or line break; in front of anything else it is data itself. Quotes may be doubled
    /// as well.
    char escape = '\0';
    char comment = '\0';  ///< a line that begins with it is no record; '\0' for none
    /// Of files whose cells stand at the same places of each line, how many characters each takes;
    /// then there are no header, no delimiter and no quotes. Blanks around a cell are not its own,
    /// and a line may end early.
    std::vector<std::size_t> widths;
    std::uint64_t skip = 0;  ///< lines in front of the header that are not read
    /// What the file was converted from, for the words of problems.
    Encoding encoding = Encoding::utf8;
    bool header = true;
    /// Names of the columns of a file without header; when empty they are column_1, column_2 … as
    /// many as the first record has.
    std::vector<std::string> columns;
    /// Records with too few fields may be the parts of one, and keep their cells; blocks end at no
    /// place where two of them could belong together.
    bool rejoin = false;
    std::size_t fields = 0;  ///< of a whole record, once the header is known
    std::size_t max_cell_bytes = 16U << 20U;
    std::size_t max_record_bytes = 64U << 20U;
    std::size_t cut_raw_bytes = 64U << 10U;  ///< what is kept of a record that is too large
    std::size_t read_bytes = 64U << 10U;     ///< how much is asked of the source at once
    std::size_t block_bytes = 1U << 20U;     ///< of whole records that are read at once
};

struct ReadCounts {
    std::uint64_t records = 0;      ///< data records, problems among them
    std::uint64_t problems = 0;     ///< records with a problem
    std::uint64_t blank_lines = 0;  ///< empty lines of a file with several columns: not records
    std::uint64_t comments = 0;     ///< lines that are comments: not records
    std::uint64_t bytes = 0;        ///< consumed so far, the file's size after the end
    std::uint64_t last_line = 0;    ///< physical line that was read last
    /// A quote was open when the file ended: the last record holds everything behind it, perhaps
    /// many records.
    bool unclosed_quote = false;
};

/// Where in a file reading goes on: what lies before.
struct CsvPlace {
    std::uint64_t records = 0;
    std::uint64_t line = 1;  ///< of the next byte
    std::uint64_t offset = 0;
};

/// Bytes that a reader took from its source but did not use.
struct ReadAhead {
    std::string bytes;
    std::uint64_t line = 1;  ///< of the first of them
    std::uint64_t offset = 0;
};

/// Records of a CSV file: RFC 4180, and what files in the wild do (CR, LF and CRLF mixed, a byte
/// order mark, no last line break, blank lines). Never stops at a bad record and never joins or
/// drops one in silence. Memory is bounded by the options, whatever the file.
class CsvReader {
  public:
    /// Reads up to the end of the header. The source must outlive the reader. Errors: no header, a
    /// column without a name, two of one name, UTF-16, unreadable source, senseless options.
    [[nodiscard]] static core::Result<CsvReader> open(ByteSource& source, CsvOptions options = {});
    /// Reads on in the middle of a file, at a record's start. The options are those it was opened
    /// with.
    [[nodiscard]] static CsvReader resume(
        ByteSource& source,
        CsvOptions options,
        std::vector<std::string> columns,
        const CsvPlace& place
    );
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) noexcept;
    ~CsvReader();

    /// The columns' names, in order.
    [[nodiscard]] const std::vector<std::string>& header() const;
    /// Position of a column by its exact name.
    [[nodiscard]] std::optional<std::size_t> find_column(std::string_view name) const;
    /// False at the end of the file. An Error is the source's, never the records'.
    [[nodiscard]] core::Result<bool> next(Record& record);
    [[nodiscard]] const ReadCounts& counts() const;
    /// After `open`: lets another read the records. None when the first one is too large to be in
    /// memory; then this reader must go on.
    [[nodiscard]] std::optional<ReadAhead> hand_over() const;

  private:
    class State;
    explicit CsvReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace reel::warehouse
