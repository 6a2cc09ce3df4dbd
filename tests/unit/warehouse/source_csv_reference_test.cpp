#include <random>

#include "source_reading.hpp"

namespace reel::warehouse {
namespace {

/// A parser that is too simple to be wrong: it has the whole file, goes from byte to byte and knows
/// neither windows nor limits.
class Reference {
  public:
    explicit Reference(std::string bytes, char delimiter = ',', char quote = '"')
        : bytes_(std::move(bytes)), delimiter_(delimiter), quote_(quote) {}

    /// The records behind a header of `columns` that was read already, at `from` on line 2.
    std::vector<SeenRecord> read(std::size_t from, const Texts& columns) {
        position_ = from;
        line_ = 2;
        std::vector<SeenRecord> records;
        while (position_ < bytes_.size()) {
            SeenRecord record = read_record(columns);
            if (record.raw.empty() && columns.size() > 1) continue;
            record.number = records.size() + 1;
            records.push_back(record);
        }
        return records;
    }

  private:
    enum class Fault { none, quote, text, unclosed };

    [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }
    [[nodiscard]] bool at_line_end() const {
        return !at_end() && (bytes_[position_] == '\n' || bytes_[position_] == '\r');
    }
    [[nodiscard]] bool at_cell_end() const {
        return at_end() || at_line_end() || bytes_[position_] == delimiter_;
    }

    SeenRecord read_record(const Texts& columns) {
        fault_ = Fault::none;
        std::vector<std::string> cells;
        SeenRecord record{.line = line_, .offset = position_};
        for (;;) {
            cells.push_back(read_cell(cells.size()));
            if (at_end() || at_line_end()) break;
            ++position_;
        }
        record.raw = bytes_.substr(record.offset, position_ - record.offset);
        record.raw_size = record.raw.size();
        if (fault_ == Fault::unclosed) record.line = opened_line_;
        if (!at_end()) pass_line_end();
        record.text = explain(cells.size(), columns);
        if (!record.text.empty()) return record;
        for (std::size_t i = 0; i < cells.size(); ++i) record.text += (i > 0 ? "|" : "") + cells[i];
        return record;
    }

    std::string read_cell(std::size_t index) {
        std::string value;
        if (at_end() || bytes_[position_] != quote_) {
            while (!at_cell_end()) {
                if (bytes_[position_] == quote_) blame(Fault::quote, index);
                value += bytes_[position_++];
            }
            return value;
        }
        const std::uint64_t opened = line_;
        ++position_;
        for (;;) {
            if (at_end()) {
                blame(Fault::unclosed, index);
                opened_line_ = opened;
                return value;
            }
            if (bytes_[position_] == quote_) {
                ++position_;
                if (at_end() || bytes_[position_] != quote_) break;
                value += bytes_[position_++];
            } else if (at_line_end()) {
                value += pass_line_end();
            } else {
                value += bytes_[position_++];
            }
        }
        if (!at_cell_end()) blame(Fault::text, index);
        while (!at_cell_end()) ++position_;
        return '<' + value + '>';
    }

    std::string pass_line_end() {
        const bool two = bytes_.compare(position_, 2, "\r\n") == 0;
        const std::string passed = bytes_.substr(position_, two ? 2 : 1);
        position_ += passed.size();
        ++line_;
        return passed;
    }

    void blame(Fault fault, std::size_t index) {
        if (fault <= fault_) return;
        fault_ = fault;
        blamed_ = index;
    }

    [[nodiscard]] std::string explain(std::size_t fields, const Texts& columns) const {
        std::string column = "column " + std::to_string(blamed_ + 1);
        if (blamed_ < columns.size()) column += " (" + columns[blamed_] + ")";
        std::string why;
        if (fault_ == Fault::quote) why = column + ": a quote inside an unquoted value";
        if (fault_ == Fault::text) why = column + ": text behind the closing quote";
        if (fault_ == Fault::unclosed) {
            return '!' + column + ": the quote opened on line " + std::to_string(opened_line_) +
                   " is never closed, everything up to the end of the file is in this record";
        }
        if (fields != columns.size()) {
            why += (why.empty() ? "" : "; ") + std::to_string(fields) +
                   (fields == 1 ? " field" : " fields") + ", the header has " +
                   std::to_string(columns.size());
        }
        return why.empty() ? "" : '!' + why;
    }

    std::string bytes_;
    char delimiter_;
    char quote_;
    std::size_t position_ = 0;
    std::uint64_t line_ = 1;
    Fault fault_ = Fault::none;
    std::size_t blamed_ = 0;
    std::uint64_t opened_line_ = 0;
};

/// Text that shows every byte.
std::string visible(std::string_view bytes) {
    std::string shown;
    for (const char c : bytes) {
        if (c == '\n') {
            shown += "\\n";
        } else if (c == '\r') {
            shown += "\\r";
        } else {
            shown += c;
        }
    }
    return shown;
}

void expect_same(const SeenFile& file, const std::vector<SeenRecord>& wanted, const char* how) {
    ASSERT_EQ(file.records.size(), wanted.size()) << how;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const SeenRecord& seen = file.records[i];
        EXPECT_EQ(seen.text, wanted[i].text) << how;
        EXPECT_EQ(seen.raw, wanted[i].raw) << how;
        EXPECT_EQ(seen.line, wanted[i].line) << how;
        EXPECT_EQ(seen.offset, wanted[i].offset) << how;
        EXPECT_EQ(seen.number, wanted[i].number) << how;
        EXPECT_EQ(seen.raw_size, wanted[i].raw_size) << how;
    }
}

void compare(const std::string& header, const Texts& columns, const std::string& body) {
    SCOPED_TRACE(visible(body));
    const std::string bytes = header + '\n' + body;
    const auto wanted = Reference(bytes).read(header.size() + 1, columns);
    expect_same(read_pieces(bytes, {.columns = {}}, SIZE_MAX), wanted, "whole");
    CsvOptions small = {.columns = {}};
    small.read_bytes = 1;
    expect_same(read_pieces(bytes, small, 1), wanted, "byte by byte");
    for (const std::size_t size : {1, 5, 4096}) {
        expect_same(read_blocks(bytes, {.columns = {}}, size), wanted, "in blocks");
    }
}

/// The `index`-th text of all that can be made of the alphabet, the shorter ones first.
std::string nth_text(std::size_t index, std::string_view alphabet) {
    std::string text;
    for (++index; index > 0; index = (index - 1) / alphabet.size()) {
        text += alphabet[(index - 1) % alphabet.size()];
    }
    return text;
}

TEST(CsvReference, AgreesOnShortTextsBehindTwoColumns) {
    for (std::size_t i = 0; i < 780; i += i < 155 ? 1 : 4)
        compare("a,b", {"a", "b"}, nth_text(i, "x,\"\n\r"));
}

TEST(CsvReference, AgreesOnEveryShortTextBehindOneColumn) {
    for (std::size_t i = 0; i < 340; ++i) compare("a", {"a"}, nth_text(i, ",\"\n\r"));
}

TEST(CsvReference, AgreesOnLongerTextsOfNastyPieces) {
    std::mt19937 random(41);
    const Texts pieces = {
        "x", ",", "\"", "\"\"", "\n", "\r", "\r\n", "\",\"", "\"\n", "é", " ", ""
    };
    for (int round = 0; round < 250; ++round) {
        std::string body;
        for (auto size = random() % 14; size > 0; --size) body += pieces[random() % pieces.size()];
        compare("a,b,c", {"a", "b", "c"}, body);
    }
}

TEST(CsvReference, AgreesOnEveryCutOfAFileThatWasWhole) {
    const std::string whole = "1,\"a\r\nb\"\r\n\"c\"\"d\",e\n\n\"\",\"\"\"\"\r,\nlast,\"line\"";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        compare("a,b", {"a", "b"}, whole.substr(0, size));
    }
}

TEST(CsvReference, AgreesOnAFileThatLostOneByteAnywhere) {
    const std::string whole = "1,\"a,b\"\n\"c\"\"d\",e\r\n\"f\ng\",\"h\"\n";
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged.erase(at, 1);
        compare("a,b", {"a", "b"}, damaged);
    }
}

TEST(CsvReference, AgreesOnAFileThatGotAQuoteAnywhere) {
    const std::string whole = "1,\"a,b\"\n\"c\"\"d\",e\r\n\"f\ng\",\"h\"\n";
    for (std::size_t at = 0; at <= whole.size(); ++at) {
        std::string damaged = whole;
        damaged.insert(at, 1, '"');
        compare("a,b", {"a", "b"}, damaged);
    }
}

TEST(CsvReference, AgreesUnderAnyDelimiterAndQuote) {
    std::mt19937 random(5);
    for (const char delimiter : {';', '\t', '|', ' ', '\x01'}) {
        for (const char quote : {'\'', '`', '~'}) {
            const CsvOptions options = {.delimiter = delimiter, .quote = quote, .columns = {}};
            const std::string alphabet = {delimiter, quote, '\n', 'x', '"', ','};
            for (int round = 0; round < 15; ++round) {
                std::string bytes = std::string("a") + delimiter + "b\n";
                for (auto size = random() % 12; size > 0; --size) bytes += alphabet[random() % 6];
                SCOPED_TRACE(visible(bytes));
                const auto wanted = Reference(bytes, delimiter, quote).read(4, {"a", "b"});
                expect_same(read_pieces(bytes, options, SIZE_MAX), wanted, "whole");
                expect_same(read_blocks(bytes, options, 3), wanted, "in blocks");
            }
        }
    }
}

}  // namespace
}  // namespace reel::warehouse
