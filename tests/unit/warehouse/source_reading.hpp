#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/source/block_cutter.hpp"
#include "warehouse/source/block_reader.hpp"
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

/// Reads a file as the loader does: the header by a reader, the rest in blocks of whole records.
inline SeenFile read_blocks(
    std::string_view bytes, const CsvOptions& options, std::size_t block_bytes
) {
    MemorySource source{std::string(bytes), block_bytes};
    auto reader = CsvReader::open(source, options);
    SeenFile seen;
    if (!reader) {
        ADD_FAILURE() << reader.error().describe();
        return seen;
    }
    seen.header = reader->header();
    const auto begun = reader->hand_over();
    if (!begun) return read_pieces(bytes, options, SIZE_MAX);
    seen.counts.blank_lines = reader->counts().blank_lines;
    seen.counts.comments = reader->counts().comments;
    BlockCutter cutter(source, options, *begun, block_bytes);
    BlockReader blocks(reader->header(), options);
    std::uint64_t lines = begun->line - 1;
    const auto keep = [&seen](const Record& record, std::uint64_t number, std::uint64_t line) {
        seen.records.push_back(
            {show(record),
             number + record.number,
             line + record.line,
             record.offset,
             std::string(record.raw),
             record.raw_size}
        );
    };
    Record record;
    TextBlock used;
    while (auto block = cutter.next(std::move(used)).value()) {
        if (block->ends_in_quotes) block->first_line = lines + 1;
        const std::uint64_t line = lines - (block->first_line - 1);
        blocks.start(*block);
        while (blocks.next()) {
            if (blocks.is_plain()) {
                EXPECT_EQ(blocks.ends().size(), seen.header.size());
            }
            blocks.read(record);
            keep(record, seen.counts.records, line);
        }
        seen.counts.records += blocks.counts().records;
        seen.counts.problems += blocks.counts().problems;
        seen.counts.blank_lines += blocks.counts().blank_lines;
        seen.counts.comments += blocks.counts().comments;
        seen.counts.unclosed_quote |= blocks.counts().unclosed_quote;
        lines += blocks.line_ends();
        used = std::move(*block);
    }
    seen.counts.bytes = cutter.offset();
    if (!cutter.has_rest()) return seen;
    // What is too large for a block; the bytes come again from the front of the file.
    MemorySource again{std::string(bytes.substr(static_cast<std::size_t>(cutter.offset())))};
    auto rest = CsvReader::resume(
        again, options, seen.header, {seen.counts.records, lines + 1, cutter.offset()}
    );
    while (rest.next(record).value()) keep(record, 0, 0);
    const ReadCounts before = seen.counts;
    seen.counts = rest.counts();
    seen.counts.blank_lines += before.blank_lines;
    seen.counts.comments += before.comments;
    seen.counts.problems += before.problems;
    return seen;
}

inline void expect_blocks_agree(
    std::string_view bytes, const CsvOptions& options, const SeenFile& whole
) {
    for (const std::size_t size : {1, 2, 3, 7, 64, 4096}) {
        const SeenFile blocks = read_blocks(bytes, options, size);
        EXPECT_EQ(blocks.header, whole.header) << "blocks of " << size;
        EXPECT_EQ(blocks.texts(), whole.texts()) << "blocks of " << size;
        EXPECT_EQ(blocks.records, whole.records) << "blocks of " << size;
        EXPECT_EQ(blocks.counts.records, whole.counts.records) << "blocks of " << size;
        EXPECT_EQ(blocks.counts.problems, whole.counts.problems) << "blocks of " << size;
        EXPECT_EQ(blocks.counts.blank_lines, whole.counts.blank_lines) << "blocks of " << size;
        EXPECT_EQ(blocks.counts.comments, whole.counts.comments) << "blocks of " << size;
        EXPECT_EQ(blocks.counts.bytes, whole.counts.bytes) << "blocks of " << size;
        EXPECT_EQ(blocks.counts.unclosed_quote, whole.counts.unclosed_quote)
            << "blocks of " << size;
    }
}

/// Reads a file whole, in blocks and in pieces of every small size, which must make no difference.
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
    expect_blocks_agree(bytes, options, whole);
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
