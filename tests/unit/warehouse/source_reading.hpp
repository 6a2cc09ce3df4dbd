#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

/// A record that outlives the reader: its cells with | between them (quoted ones in <>), or ! and
/// the problem.
struct SeenRecord {
    std::string text;
    std::uint64_t number = 0;
    std::uint64_t line = 0;
    std::uint64_t offset = 0;
    std::string raw;
    std::uint64_t raw_size = 0;
    bool operator==(const SeenRecord&) const = default;
};

struct SeenFile {
    std::vector<std::string> header;
    std::vector<SeenRecord> records;
    ReadCounts counts;

    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        all.reserve(records.size());
        for (const SeenRecord& record : records) all.push_back(record.text);
        return all;
    }
};

inline std::string show(const Record& record) {
    if (record.problem) return '!' + *record.problem;
    std::string text;
    for (std::size_t i = 0; i < record.cells.size(); ++i) {
        if (i > 0) text += '|';
        const std::string cell(record.cells[i].text);
        text += record.cells[i].quoted ? '<' + cell + '>' : cell;
    }
    return text;
}

inline SeenFile read_pieces(std::string_view bytes, CsvOptions options, std::size_t read_size) {
    MemorySource source{std::string(bytes), read_size};
    auto reader = CsvReader::open(source, std::move(options));
    SeenFile seen;
    if (!reader) {
        ADD_FAILURE() << reader.error().describe();
        return seen;
    }
    seen.header = reader->header();
    Record record;
    while (reader->next(record).value()) {
        seen.records.push_back(
            {show(record),
             record.number,
             record.line,
             record.offset,
             std::string(record.raw),
             record.raw_size}
        );
    }
    seen.counts = reader->counts();
    return seen;
}

/// Reads a file whole and in pieces of every small size, which must make no difference.
inline SeenFile read_csv(std::string_view bytes, const CsvOptions& options = {}) {
    const SeenFile whole = read_pieces(bytes, options, SIZE_MAX);
    for (const std::size_t size : {1, 2, 3, 7, 64}) {
        CsvOptions small = options;
        small.read_bytes = size;
        const SeenFile pieces = read_pieces(bytes, small, size);
        EXPECT_EQ(pieces.header, whole.header) << "read size " << size;
        EXPECT_EQ(pieces.texts(), whole.texts()) << "read size " << size;
        EXPECT_EQ(pieces.records, whole.records) << "read size " << size;
        EXPECT_EQ(pieces.counts.blank_lines, whole.counts.blank_lines) << "read size " << size;
        EXPECT_EQ(pieces.counts.last_line, whole.counts.last_line) << "read size " << size;
        EXPECT_EQ(pieces.counts.bytes, whole.counts.bytes) << "read size " << size;
    }
    return whole;
}

/// The message of the error that opening must end in.
inline std::string open_error(std::string_view bytes, CsvOptions options = {}) {
    MemorySource source{std::string(bytes)};
    const auto reader = CsvReader::open(source, std::move(options));
    return reader ? "opened" : reader.error().message;
}

using Texts = std::vector<std::string>;

}  // namespace reel::warehouse
