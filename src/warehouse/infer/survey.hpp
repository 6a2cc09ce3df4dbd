#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "warehouse/infer/inferred_table.hpp"
#include "warehouse/source/block_reader.hpp"
#include "warehouse/source/json_records.hpp"
#include "warehouse/source/record_file.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// One pass over the records of a source: what is known of its columns and of a key.
class Survey final {
  public:
    /// How many different values are told apart in all columns together: some 40 MB.
    static constexpr std::size_t usual_distinct = 1'500'000;

    /// Is told the records and bytes of all files so far.
    using Progress = std::function<void(const ReadCounts&)>;

    /// `key` has names of the header or of the table; empty when one is to be found. The spec must
    /// outlive it.
    Survey(
        const StageSpec& spec,
        std::vector<std::string> key,
        Progress progress,
        std::size_t most_distinct = usual_distinct
    );

    /// Reads to the end. A further file must have the header of the first. Errors: those of
    /// reading, an open quote at the end, a key that is no column.
    [[nodiscard]] core::Result<void> read(RecordFile& file);
    /// Columns, key and counts; the rest of the table is the caller's to say. Ends the survey.
    [[nodiscard]] core::Result<InferredTable> finish();

  private:
    [[nodiscard]] core::Result<void> begin(const std::vector<std::string>& header);
    [[nodiscard]] core::Result<void> read_blocks(RecordFile& file);
    [[nodiscard]] core::Result<void> read_rest(RecordStream& records);
    void take_block(TextBlock& block);
    void take(const Record& record);
    void take_cells(const Record& record);
    void take_object(const Record& record);
    void add_key(const std::vector<std::string_view>& parts);
    [[nodiscard]] std::size_t most_distinct_of(std::size_t columns) const;
    [[nodiscard]] ColumnFacts* column_of(const std::string& name);
    void tell() const;
    [[nodiscard]] InferredKey asked_key(const std::vector<std::size_t>& places) const;

    const StageSpec& spec_;
    std::vector<std::string> asked_;
    Progress progress_;
    std::size_t most_distinct_;
    std::vector<std::string> header_;  ///< names of what records hold, in the order of appearance
    std::vector<std::size_t> key_;     ///< places of what was asked for, where a header says them
    std::optional<DistinctValues> keys_;
    std::uint64_t key_values_ = 0;
    std::uint64_t key_nulls_ = 0;
    std::vector<ColumnFacts> columns_;
    std::map<std::string, std::size_t, std::less<>> by_name_;  ///< of JSON
    std::optional<BlockReader> csv_;
    std::optional<JsonBlockReader> json_;
    ReadFacts read_;
    std::uint64_t lines_ = 0;  ///< of the file at hand, before the block at hand
    ReadCounts counts_;        ///< of the file at hand
    bool has_more_columns_ = false;
    ValueClassifier classifier_;
};

}  // namespace reel::warehouse
