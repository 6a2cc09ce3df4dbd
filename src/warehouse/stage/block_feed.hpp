#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/block_cutter.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/load_lane.hpp"

namespace reel::warehouse {

/// Brings a file to the lanes, block by block and each in a thread of its own, and tells what was
/// rejected in the order of the file, with its numbers and lines.
class BlockFeed {
  public:
    using Lanes = std::vector<std::unique_ptr<LoadLane>>;
    using Reject = std::function<void(const Rejection&)>;
    using Progress = std::function<void(const ReadCounts&)>;

    /// How many blocks may be with the lanes at once, begun or waiting.
    [[nodiscard]] static std::size_t most_out(std::size_t lanes) { return 2 * lanes + 1; }

    /// The lanes must outlive it.
    BlockFeed(const Lanes& lanes, Reject reject, Progress progress);

    /// What a reader has behind the header of `source`, to its end. An Error is the source's; what
    /// the lanes throw is thrown.
    [[nodiscard]] core::Result<void> read(
        CsvReader& reader, ByteSource& source, const CsvOptions& options
    );
    [[nodiscard]] const ReadCounts& counts() const { return counts_; }
    /// Of each table, the whole file's.
    [[nodiscard]] const std::vector<KeyRange>& keys() const { return keys_; }

  private:
    [[nodiscard]] core::Result<void> read_blocks(BlockCutter& cutter);
    [[nodiscard]] core::Result<void> read_records(CsvReader& reader);
    void accept(BlockOutcome outcome);
    void join_keys(const std::vector<KeyRange>& next);

    const Lanes& lanes_;
    Reject reject_;
    Progress progress_;
    ReadCounts counts_;
    std::vector<KeyRange> keys_;
    std::uint64_t lines_ = 0;  ///< before the next block that is accepted
    std::uint64_t blocks_ = 0;
    std::size_t bytes_out_ = 0;
    std::vector<TextBlock> used_;
};

}  // namespace reel::warehouse
