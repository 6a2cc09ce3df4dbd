#include "warehouse/stage/block_feed.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "warehouse/stage/ordered_workers.hpp"

namespace reel::warehouse {

namespace {

/// Blocks with huge records go to few lanes at a time.
constexpr std::size_t most_bytes_out = 48U << 20U;

using Workers = OrderedWorkers<TextBlock, BlockOutcome>;

/// Bytes that were read before, then what the source still has.
class ChainedSource final : public ByteSource {
  public:
    ChainedSource(std::string_view first, ByteSource& then) : first_(first), then_(then) {}
    core::Result<std::size_t> read(std::span<std::byte> into) override {
        if (first_.empty()) return then_.read(into);
        const std::size_t size = std::min(into.size(), first_.size());
        std::memcpy(into.data(), first_.data(), size);
        first_.remove_prefix(size);
        return size;
    }

  private:
    std::string_view first_;
    ByteSource& then_;
};

std::vector<Workers::Work> works_of(const BlockFeed::Lanes& lanes) {
    std::vector<Workers::Work> works;
    works.reserve(lanes.size());
    for (const auto& lane : lanes) {
        works.emplace_back([&lane = *lane](TextBlock block) { return lane.load(std::move(block)); }
        );
    }
    return works;
}

}  // namespace

BlockFeed::BlockFeed(const Lanes& lanes, Reject reject, Progress progress)
    : lanes_(lanes),
      reject_(std::move(reject)),
      progress_(std::move(progress)),
      keys_(lanes.front()->keys().size()) {}

core::Result<void> BlockFeed::read(
    CsvReader& reader, ByteSource& source, const CsvOptions& options
) {
    const auto begun = reader.hand_over();
    if (!begun) return read_records(reader);
    counts_ = reader.counts();
    lines_ = begun->line - 1;
    BlockCutter cutter(source, options, *begun);
    if (auto done = read_blocks(cutter); !done || !cutter.has_rest()) return done;
    // A record is too large for any block: from there on one reader does it all, and keeps nothing.
    ChainedSource rest(cutter.rest(), source);
    auto on = CsvReader::resume(
        rest, options, reader.header(), {counts_.records, lines_ + 1, cutter.offset()}
    );
    return read_records(on);
}

core::Result<void> BlockFeed::read_blocks(BlockCutter& cutter) {
    Workers workers(works_of(lanes_));
    const auto drain = [&] {
        while (workers.out() > 0) accept(workers.take());
    };
    for (;;) {
        while (auto ready = workers.take_ready()) accept(*std::move(ready));
        while (workers.out() >= most_out(lanes_.size()) ||
               (workers.out() > 0 && bytes_out_ >= most_bytes_out)) {
            accept(workers.take());
        }
        TextBlock used;
        if (!used_.empty()) {
            used = std::move(used_.back());
            used_.pop_back();
        }
        auto block = cutter.next(std::move(used));
        if (!block || !*block) {
            drain();
            return block ? core::Result<void>() : std::unexpected(block.error());
        }
        if ((*block)->ends_in_quotes) {
            // The words of its problem hold a line.
            drain();
            (*block)->first_line = lines_ + 1;
        }
        counts_.bytes = cutter.offset();
        bytes_out_ += (*block)->capacity;
        ++blocks_;
        workers.push(**std::move(block));
        progress_(counts_);
    }
}

core::Result<void> BlockFeed::read_records(CsvReader& reader) {
    Record record;
    const std::uint64_t blank_lines = counts_.blank_lines;
    for (;;) {
        const auto more = reader.next(record);
        if (!more) return std::unexpected(more.error());
        counts_ = reader.counts();
        if (!*more) break;
        for (auto& kept : lanes_.front()->load(record, blocks_)) {
            reject_({kept.record, kept.table, kept.element, std::move(kept.violation)});
        }
        join_keys(lanes_.front()->keys());
        progress_(counts_);
    }
    counts_.blank_lines += blank_lines;
    return {};
}

void BlockFeed::join_keys(const std::vector<KeyRange>& next) {
    for (std::size_t t = 0; t < keys_.size(); ++t) {
        keys_[t].join(next[t]);
    }
}

void BlockFeed::accept(BlockOutcome outcome) {
    const std::uint64_t lines = lines_ - (outcome.block.first_line - 1);
    for (auto& kept : outcome.rejections) {
        kept.record.number += counts_.records;
        kept.record.line += lines;
        reject_({kept.record, kept.table, kept.element, std::move(kept.violation)});
    }
    counts_.records += outcome.counts.records;
    counts_.blank_lines += outcome.counts.blank_lines;
    counts_.unclosed_quote |= outcome.counts.unclosed_quote;
    counts_.last_line = outcome.counts.last_line;
    lines_ += outcome.line_ends;
    join_keys(outcome.keys);
    bytes_out_ -= outcome.block.capacity;
    used_.push_back(std::move(outcome.block));
}

}  // namespace reel::warehouse
