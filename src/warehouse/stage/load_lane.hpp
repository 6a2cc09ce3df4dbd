#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/source/block_reader.hpp"
#include "warehouse/source/json_records.hpp"
#include "warehouse/source/text_block.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/stage/plain_rows.hpp"
#include "warehouse/stage/record_router.hpp"
#include "warehouse/stage/rejected_rows.hpp"
#include "warehouse/stage/rejoiner.hpp"
#include "warehouse/stage/table_checks.hpp"

namespace reel::warehouse {

/// A rejection that outlives the reading of its record, of which it has number and line alone.
struct KeptRejection {
    Record record;
    std::string table;
    std::optional<std::size_t> element;
    Violation violation;
};

/// What was rejected: all of it for the quarantine, and what people are told of at once, which is
/// the first ones and all that break a frozen contract.
struct Rejects {
    static constexpr std::size_t most_told = 10;

    RejectedRows rows;
    std::vector<KeptRejection> told;
    /// So many records and lines more are in front of them.
    void move_behind(std::uint64_t records, std::uint64_t lines);
};

/// What a block held. Numbers and lines of the rejects count from its start.
struct BlockOutcome {
    TextBlock block;
    ReadCounts counts;
    std::uint64_t line_ends = 0;
    Rejects rejects;
    std::vector<KeyRange> keys;  ///< of each table; those that are not watched do not ascend
    std::vector<std::uint64_t> unnumbered;  ///< of each table, as CopySink has them
    bool is_again = false;  ///< it was loaded before: nothing of it counts but the block
};

/// A block on its way to a lane.
struct BlockOrder {
    TextBlock block;
    std::vector<std::uint64_t> again;  ///< rows of each table that are sent once more; else empty
};

/// What all lanes of a load have in common; outlives them.
struct LanePlan {
    const std::vector<BoundTable>& tables;
    const std::vector<std::string>& header;
    Format format;
    const CsvOptions& csv;
    std::vector<CopySink::Target> targets;
};

/// One connection with all that turns blocks into its rows. Used by one thread at a time; which
/// blocks it gets and in which order does not matter.
class LoadLane final : private RowSink {
  public:
    /// The link must outlive it and be inside a transaction.
    LoadLane(postgres::Link& link, const LanePlan& plan);

    /// Sends the block's rows. Throws DatabaseError.
    [[nodiscard]] BlockOutcome load(BlockOrder order);
    /// The same for a record that is in no block; `sequence` is greater than that of the blocks
    /// before it.
    [[nodiscard]] Rejects load(const Record& record, std::uint64_t sequence);
    /// There is no such record behind the last one, which may have waited for its other part.
    [[nodiscard]] Rejects end_records();
    /// The keys of what `load` was given last.
    [[nodiscard]] std::vector<KeyRange> keys() const;
    /// Whether any table's rows go without a number as long as its keys ascend.
    [[nodiscard]] bool watches_keys() const;

    [[nodiscard]] CopySink& copies() { return copies_; }
    /// What it loaded so far; most duplicates are found later.
    [[nodiscard]] FileAccount account() const;
    [[nodiscard]] const SeenKeys& seen_keys() const { return router_.keys(); }

  private:
    [[nodiscard]] BlockOutcome load_again(BlockOrder order);
    void take_by_own();
    void add_row(std::size_t table, std::string_view fields) override;
    void reject(const Rejection& rejection) override;
    void take_csv(const TextBlock& block);
    void take(const Record& record);
    void take_json(const TextBlock& block);
    [[nodiscard]] bool add_plain(const TextBlock& block);
    [[nodiscard]] bool append_plain(std::size_t table, const TextBlock& block);

    const std::vector<BoundTable>& tables_;
    std::size_t columns_;  ///< of the file
    BlockReader reader_;
    std::optional<JsonBlockReader> json_;  ///< instead, where that is the format
    std::optional<PlainRows> plain_;
    CopySink copies_;
    RecordRouter router_;
    std::optional<Rejoiner> rejoiner_;
    RecordRouter* taking_ = nullptr;  ///< its own, or one whose account nobody reads
    Rejoiner* rejoining_ = nullptr;   ///< the one in front of that, where there is one
    Record record_;
    std::uint64_t plain_records_ = 0;
    const TextBlock* block_ = nullptr;
    Rejects rejects_;
};

}  // namespace reel::warehouse
