#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "warehouse/literal/value.hpp"
#include "warehouse/source/json_splitter.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/source/text_block.hpp"

namespace reel::warehouse {

/// From a record's text to its object, or to the words for what is wrong with it.
class JsonJudge {
  public:
    /// Everything but number, line and offset. The object is this one's until the next call.
    void fill(std::string_view text, Record& record);

  private:
    literal::Value value_;
};

/// The records of one block of JSON text after the other.
class JsonBlockReader {
  public:
    explicit JsonBlockReader(JsonLayout layout) : splitter_(layout) {}

    /// The block must outlive the reading of it. Counts begin anew.
    void start(const TextBlock& block);
    /// Goes to the next record; false at the end of the block.
    [[nodiscard]] bool next();
    /// The record as such. Its number counts from 1 in the block, its line from the block's first.
    void read(Record& record);

    [[nodiscard]] const ReadCounts& counts() const { return counts_; }
    /// Line ends of the whole block.
    [[nodiscard]] std::uint64_t line_ends() const;

  private:
    [[nodiscard]] bool find();

    JsonSplitter splitter_;
    JsonJudge judge_;
    const TextBlock* block_ = nullptr;
    ReadCounts counts_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t counted_ = 0;  ///< up to where line ends were counted
    std::uint64_t line_ = 1;   ///< of that byte
    bool at_end_ = false;
};

}  // namespace reel::warehouse
