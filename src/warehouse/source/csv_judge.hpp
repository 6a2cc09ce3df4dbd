#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/source/csv_scanner.hpp"
#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

/// The text of a cell: doubled quotes made one, and escapes taken from what they stand before.
[[nodiscard]] std::string unescape(std::string_view text, bool quoted, const CsvOptions& options);

/// From the structure of a record to its cells, or to the words for what is wrong with it.
class CsvJudge {
  public:
    /// Columns are named in problems.
    CsvJudge(std::vector<std::string> columns, const CsvOptions& options)
        : columns_(std::move(columns)), options_(options) {}

    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    /// Why the record cannot be read, if it cannot.
    [[nodiscard]] std::optional<std::string> judge(const CsvShape& shape) const;
    /// What its structure or its bytes have wrong; the number of its fields does not matter.
    [[nodiscard]] std::optional<std::string> judge_text(const CsvShape& shape) const;
    /// Everything but the number. Views are those of the shape, or of this until the next call.
    void fill(const CsvShape& shape, Record& record);

  private:
    [[nodiscard]] bool is_only_short(const CsvShape& shape) const;
    [[nodiscard]] std::optional<std::string> judge_bytes(const CsvShape& shape) const;
    [[nodiscard]] std::string describe_fault(const CsvShape& shape) const;
    [[nodiscard]] std::string name_column(std::uint64_t index) const;
    [[nodiscard]] std::string describe_invalid(std::string_view cell, std::size_t at) const;
    void fill_cells(const CsvShape& shape, Record& record);
    void cut_cells(std::string_view line, Record& record) const;

    std::vector<std::string> columns_;
    CsvOptions options_;
    std::string unescaped_;
};

}  // namespace reel::warehouse
