#include "warehouse/stage/block_feed.hpp"

#include <algorithm>
#include <utility>

namespace reel::warehouse {

namespace {

std::vector<std::function<BlockOutcome(BlockOrder)>> works_of(const Lanes& lanes) {
    std::vector<std::function<BlockOutcome(BlockOrder)>> works;
    works.reserve(lanes.size());
    for (const auto& lane : lanes) {
        works.emplace_back([&lane = *lane](BlockOrder order) { return lane.load(std::move(order)); }
        );
    }
    return works;
}

}  // namespace

BlockFeed::BlockFeed(
    const Lanes& lanes, Reject reject, Progress progress, std::size_t max_bytes_out
)
    : lanes_(lanes),
      reject_(std::move(reject)),
      progress_(std::move(progress)),
      max_bytes_out_(max_bytes_out),
      keys_(lanes.front()->keys().size()) {}

core::Result<void> BlockFeed::read(RecordFile& file) {
    before_.records += counts_.records;
    before_.bytes += counts_.bytes;
    counts_ = file.begun();
    lines_ = file.lines_before();
    if (auto done = read_blocks(file); !done) return done;
    // A record is too large for any block: from there on one reader does it all, and keeps nothing.
    const auto rest = file.rest({counts_.records, lines_ + 1, file.offset()});
    return rest ? read_records(*rest) : core::Result<void>();
}

core::Result<void> BlockFeed::read_blocks(RecordFile& file) {
    Workers workers(works_of(lanes_));
    const auto drain = [&] {
        while (workers.out() > 0) accept(workers, workers.take());
    };
    for (;;) {
        while (auto ready = workers.take_ready()) accept(workers, *std::move(ready));
        while (workers.out() >= most_out(lanes_.size()) ||
               (workers.out() > 0 && bytes_out_ >= max_bytes_out_)) {
            accept(workers, workers.take());
        }
        TextBlock used;
        if (!used_.empty()) {
            used = std::move(used_.back());
            used_.pop_back();
        }
        auto block = file.next_block(std::move(used));
        if (!block || !*block) {
            drain();
            return block ? core::Result<void>() : std::unexpected(block.error());
        }
        if ((*block)->ends_in_quotes) {
            // The words of its problem hold a line.
            drain();
            (*block)->first_line = lines_ + 1;
        }
        counts_.bytes = file.offset();
        bytes_out_ += (*block)->capacity;
        (*block)->sequence = blocks_++;
        workers.push({**std::move(block), {}});
        // The first block tells of most files that they are in no order, before others are sent.
        if (blocks_ == 1 && lanes_.front()->watches_keys()) drain();
        tell();
    }
}

core::Result<void> BlockFeed::read_records(RecordStream& records) {
    Record record;
    const std::uint64_t sequence = blocks_++;
    number_rows();
    const ReadCounts before = counts_;
    for (;;) {
        const auto more = records.next(record);
        if (!more) return std::unexpected(more.error());
        counts_ = records.counts();
        if (!*more) break;
        tell_rejected(lanes_.front()->load(record, sequence));
        join_keys(lanes_.front()->keys());
        tell();
    }
    tell_rejected(lanes_.front()->end_records());
    counts_.blank_lines += before.blank_lines;
    counts_.comments += before.comments;
    return {};
}

void BlockFeed::tell_rejected(Rejects rejects) const {
    if (!rejects.rows.empty()) reject_(std::move(rejects));
}

void BlockFeed::tell() const {
    ReadCounts all = counts_;
    all.records += before_.records;
    all.bytes += before_.bytes;
    progress_(all);
}

void BlockFeed::join_keys(const std::vector<KeyRange>& next) {
    for (std::size_t t = 0; t < keys_.size(); ++t) {
        keys_[t].join(next[t]);
    }
}

void BlockFeed::number_rows() {
    for (std::size_t t = 0; t < keys_.size(); ++t) lanes_.front()->copies().number_rows(t);
}

/// How many rows of each table went without a number although keys before them are not smaller.
std::vector<std::uint64_t> BlockFeed::follow_keys(const BlockOutcome& outcome) {
    std::vector<std::uint64_t> again(keys_.size());
    for (std::size_t t = 0; t < keys_.size(); ++t) {
        const bool follows = keys_[t].ascends && keys_[t].last < outcome.keys[t].first;
        again[t] = follows ? 0 : outcome.unnumbered[t];
        keys_[t].join(outcome.keys[t]);
        if (!keys_[t].ascends) lanes_.front()->copies().number_rows(t);
    }
    return again;
}

void BlockFeed::accept(Workers& workers, BlockOutcome outcome) {
    if (!outcome.is_again) {
        take_counts(outcome);
        auto again = follow_keys(outcome);
        if (std::ranges::any_of(again, [](std::uint64_t rows) { return rows > 0; })) {
            return workers.push({std::move(outcome.block), std::move(again)});
        }
    }
    bytes_out_ -= outcome.block.capacity;
    used_.push_back(std::move(outcome.block));
}

void BlockFeed::take_counts(BlockOutcome& outcome) {
    const std::uint64_t lines = lines_ - (outcome.block.first_line - 1);
    outcome.rejects.move_behind(counts_.records, lines);
    tell_rejected(std::move(outcome.rejects));
    counts_.records += outcome.counts.records;
    counts_.blank_lines += outcome.counts.blank_lines;
    counts_.comments += outcome.counts.comments;
    counts_.unclosed_quote |= outcome.counts.unclosed_quote;
    counts_.last_line = outcome.counts.last_line;
    lines_ += outcome.line_ends;
}

}  // namespace reel::warehouse
