#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/source/text_block.hpp"

namespace reel::warehouse {

/// Records one by one, with all that is counted of them.
class RecordStream {
  public:
    virtual ~RecordStream() = default;
    /// False at the end of the file. An Error is the source's, never the records'.
    [[nodiscard]] virtual core::Result<bool> next(Record& record) = 0;
    [[nodiscard]] virtual const ReadCounts& counts() const = 0;
};

/// A file of which everything in front of its records has been read. Gives blocks of whole records,
/// which others read, and reads on by itself where no block can hold a record.
class RecordFile {
  public:
    virtual ~RecordFile() = default;
    /// Names of the cells of its records, in order.
    [[nodiscard]] virtual const std::vector<std::string>& header() const = 0;
    /// What was counted before the first record.
    [[nodiscard]] virtual const ReadCounts& begun() const = 0;
    /// Line ends before the first block.
    [[nodiscard]] virtual std::uint64_t lines_before() const = 0;
    /// The next block, in the memory of a used one if there is one; none when there are no more.
    /// Errors are the source's.
    [[nodiscard]] virtual core::Result<std::optional<TextBlock>> next_block(TextBlock used) = 0;
    /// Of what is in no block yet.
    [[nodiscard]] virtual std::uint64_t offset() const = 0;
    /// After the last block: what is behind it because one of its records is too large for a block;
    /// null when there is nothing. `place` is what lies before.
    [[nodiscard]] virtual std::unique_ptr<RecordStream> rest(const CsvPlace& place) = 0;
};

}  // namespace reel::warehouse
