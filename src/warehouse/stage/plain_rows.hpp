#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "warehouse/source/block_reader.hpp"
#include "warehouse/stage/binding.hpp"
#include "warehouse/types/plain_field.hpp"

namespace reel::warehouse {

/// The quick way from a block's record to the fields of its rows, for tables without `each` whose
/// columns all have plain spellings. Records that need more than that are the router's.
class PlainRows {
  public:
    /// None when a table is not of that kind. The tables must outlive it.
    [[nodiscard]] static std::optional<PlainRows> of(
        const std::vector<BoundTable>& tables, char quote
    );

    /// Most bytes of a row of the table, for a record of a size.
    [[nodiscard]] std::size_t most_bytes(std::size_t table, std::size_t record_bytes) const {
        return tables_[table].size() * PlainField::most_bytes + record_bytes;
    }
    /// Writes the fields of one row; gives their end, or nullptr when the record is the router's.
    [[nodiscard]] char* encode(
        std::size_t table,
        const TextBlock& block,
        std::size_t begin,
        std::span<const std::uint32_t> ends,
        char* into
    ) const {
        const CellPlaces places = {block.bytes.get(), begin, ends.data(), quote_};
        return encode_plain(tables_[table], places, into);
    }

  private:
    explicit PlainRows(char quote) : quote_(quote) {}

    char quote_;
    std::vector<std::vector<PlainColumn>> tables_;
};

}  // namespace reel::warehouse
