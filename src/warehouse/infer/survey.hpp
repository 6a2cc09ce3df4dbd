#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "warehouse/infer/inferred_table.hpp"
#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

/// One pass over the records of a source: what is known of its columns and of a key.
class Survey final {
  public:
    using Log = std::function<void(const std::string&)>;

    /// `key` has names of the header or of the table; empty when one is to be found.
    Survey(CsvOptions options, std::vector<std::string> key, Log log);

    /// Reads to the end. A further file must have the header of the first. Errors: those of
    /// reading, an open quote at the end, a key that is no column.
    [[nodiscard]] core::Result<void> read(ByteSource& bytes);
    /// Columns, key and counts; the rest of the table is the caller's to say. Ends the survey.
    [[nodiscard]] InferredTable finish();

  private:
    [[nodiscard]] core::Result<void> begin(const std::vector<std::string>& header);
    [[nodiscard]] core::Result<void> read_records(CsvReader& reader);
    void take(const Record& record);
    void take_key(const Record& record);
    [[nodiscard]] InferredKey asked_key() const;

    CsvOptions options_;
    std::vector<std::string> asked_;
    Log log_;
    std::vector<std::string> header_;
    std::vector<std::string> names_;  ///< of the table's columns
    std::vector<std::size_t> key_;    ///< places of what was asked for
    std::optional<DistinctValues> keys_;
    std::uint64_t key_values_ = 0;
    std::uint64_t key_nulls_ = 0;
    std::vector<ColumnFacts> columns_;
    ReadFacts read_;
    ValueClassifier classifier_;
};

}  // namespace reel::warehouse
