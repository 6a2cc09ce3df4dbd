#pragma once

#include "source_reading.hpp"
#include "warehouse/literal/value.hpp"
#include "warehouse/source/json_file.hpp"
#include "warehouse/source/json_records.hpp"
#include "warehouse/source/json_stream.hpp"

namespace reel::warehouse {

/// What a JSON file gives: records as their objects, or ! and the problem; and the error that ended
/// the reading, if one did.
struct SeenJson {
    std::vector<SeenRecord> records;
    ReadCounts counts;
    std::string error;

    [[nodiscard]] Texts texts() const {
        Texts all;
        for (const SeenRecord& record : records) all.push_back(record.text);
        return all;
    }
};

inline std::string show_json(const Record& record) {
    return record.problem ? '!' + *record.problem : literal::to_json(*record.value);
}

/// Reads a file as the loader does, in blocks of whole records.
inline SeenJson read_json_blocks(
    std::string_view bytes,
    JsonLayout layout,
    std::size_t block_bytes,
    const CsvOptions& limits = {}
) {
    SeenJson seen;
    MemorySource source{std::string(bytes), block_bytes};
    const auto opened = JsonFile::open(source, layout, limits, block_bytes);
    if (!opened) return {.error = opened.error().message};
    RecordFile& file = **opened;
    JsonBlockReader reader(layout);
    Record record;
    std::uint64_t lines = file.lines_before();
    const auto keep = [&](std::uint64_t number, std::uint64_t line) {
        seen.records.push_back(
            {show_json(record),
             number + record.number,
             line + record.line,
             record.offset,
             std::string(record.raw),
             record.raw_size}
        );
    };
    for (TextBlock used;;) {
        auto block = file.next_block(std::move(used));
        if (!block) seen.error = block.error().message;
        if (!block || !*block) break;
        reader.start(**block);
        while (reader.next()) {
            reader.read(record);
            keep(seen.counts.records, lines);
        }
        seen.counts.records += reader.counts().records;
        seen.counts.problems += reader.counts().problems;
        seen.counts.blank_lines += reader.counts().blank_lines;
        lines += reader.line_ends();
        used = std::move(**block);
    }
    if (!seen.error.empty()) return seen;
    const auto rest = file.rest({seen.counts.records, lines + 1, file.offset()});
    while (rest) {
        const auto more = rest->next(record);
        if (!more) seen.error = more.error().message;
        if (!more || !*more) break;
        keep(0, 0);
    }
    return seen;
}

/// Reads a file in blocks of every small size, which must make no difference.
inline SeenJson read_json(
    std::string_view bytes, JsonLayout layout, const CsvOptions& limits = {}
) {
    const SeenJson whole = read_json_blocks(bytes, layout, 4096, limits);
    for (const std::size_t size : {1, 2, 3, 7, 64}) {
        const SeenJson blocks = read_json_blocks(bytes, layout, size, limits);
        EXPECT_EQ(blocks.texts(), whole.texts()) << "blocks of " << size;
        EXPECT_EQ(blocks.records, whole.records) << "blocks of " << size;
        EXPECT_EQ(blocks.error, whole.error) << "blocks of " << size;
    }
    return whole;
}

}  // namespace reel::warehouse
