#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "warehouse/source/csv_judge.hpp"
#include "warehouse/source/csv_scanner.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/source/separators.hpp"
#include "warehouse/source/text_block.hpp"

namespace reel::warehouse {

/// The records of one block after the other, as CsvReader would give them. Where quotes stand as
/// CSV wants them it finds cells 64 bytes at a time; anything else is CsvScanner's to read.
class BlockReader {
  public:
    BlockReader(std::vector<std::string> columns, const CsvOptions& options);
    BlockReader(const BlockReader&) = delete;
    BlockReader& operator=(const BlockReader&) = delete;
    ~BlockReader();

    /// The block must outlive the reading of it. Counts begin anew.
    void start(const TextBlock& block);
    /// Goes to the next record; false at the end of the block.
    [[nodiscard]] bool next();

    /// Whether the record has all its fields, is ASCII without NUL and needs no judgement. Then its
    /// cells stand in the block between `begin` and `ends`, the quotes around them included.
    [[nodiscard]] bool is_plain() const { return is_plain_; }
    [[nodiscard]] std::size_t begin() const { return begin_; }
    [[nodiscard]] std::span<const std::uint32_t> ends() const {
        return ends_.unused().first(fields_);
    }
    /// The record as such. Its number counts from 1 in the block, its line from the block's first.
    void read(Record& record);

    /// Of this block: records, problems among those that were read, blank lines; the last line only
    /// when a quote is unclosed.
    [[nodiscard]] const ReadCounts& counts() const { return counts_; }
    /// Line ends of the whole block.
    [[nodiscard]] std::uint64_t line_ends() const;

  private:
    struct Exact;

    [[nodiscard]] bool next_exact();
    [[nodiscard]] bool next_found();
    [[nodiscard]] bool find_more();
    void read_exactly(std::size_t resume_at);
    void shape_found();
    [[nodiscard]] std::uint64_t line_at(std::size_t position);

    CsvOptions options_;
    CsvJudge judge_;
    SeparatorFinder finder_;
    CellEnds ends_;
    std::unique_ptr<Exact> exact_;
    const TextBlock* block_ = nullptr;
    CsvShape shape_;
    ReadCounts counts_;

    std::size_t begin_ = 0;  ///< of the record
    std::size_t next_ = 0;   ///< of the one behind it
    std::size_t fields_ = 0;
    std::size_t found_ = 0;        ///< up to where the block was searched
    std::size_t special_end_ = 0;  ///< records that begin before may hold more than ASCII
    std::size_t counted_ = 0;      ///< up to where line ends were counted
    std::uint64_t line_ = 1;       ///< of that byte
    bool is_plain_ = false;
};

}  // namespace reel::warehouse
