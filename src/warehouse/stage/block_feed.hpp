#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/record_file.hpp"
#include "warehouse/stage/lanes.hpp"
#include "warehouse/stage/ordered_workers.hpp"

namespace reel::warehouse {

/// Brings one file after the other to the lanes, block by block and each in a thread of its own,
/// and tells what was rejected in the order of the file, with its numbers and lines.
class BlockFeed {
  public:
    using Reject = std::function<void(Rejects)>;
    /// Is told the records and bytes of all files so far.
    using Progress = std::function<void(const ReadCounts&)>;

    /// How many blocks may be with the lanes at once, begun or waiting.
    [[nodiscard]] static std::size_t most_out(std::size_t lanes) { return 2 * lanes + 1; }

    /// The lanes must outlive it. Blocks of more bytes than `max_bytes_out` wait for each other.
    BlockFeed(const Lanes& lanes, Reject reject, Progress progress, std::size_t max_bytes_out);

    /// A file's records, to its end; then all of them are with the lanes. An Error is the source's;
    /// what the lanes throw is thrown.
    [[nodiscard]] core::Result<void> read(RecordFile& file);
    /// Of the last file.
    [[nodiscard]] const ReadCounts& counts() const { return counts_; }
    /// How many blocks there were in all files: rows of a file that comes now have greater numbers.
    [[nodiscard]] std::uint64_t blocks() const { return blocks_; }
    /// Of each table, in all files.
    [[nodiscard]] const std::vector<KeyRange>& keys() const { return keys_; }
    /// All rows from here on carry their number.
    void number_rows();

  private:
    using Workers = OrderedWorkers<BlockOrder, BlockOutcome>;

    [[nodiscard]] core::Result<void> read_blocks(RecordFile& file);
    [[nodiscard]] core::Result<void> read_records(RecordStream& records);
    void accept(Workers& workers, BlockOutcome outcome);
    void take_counts(BlockOutcome& outcome);
    [[nodiscard]] std::vector<std::uint64_t> follow_keys(const BlockOutcome& outcome);
    void tell() const;
    void tell_rejected(Rejects rejects) const;
    void join_keys(const std::vector<KeyRange>& next);

    const Lanes& lanes_;
    Reject reject_;
    Progress progress_;
    std::size_t max_bytes_out_;
    ReadCounts counts_;
    ReadCounts before_;  ///< records and bytes of earlier files
    std::vector<KeyRange> keys_;
    std::uint64_t lines_ = 0;  ///< before the next block that is accepted
    std::uint64_t blocks_ = 0;
    std::size_t bytes_out_ = 0;
    std::vector<TextBlock> used_;
};

}  // namespace reel::warehouse
