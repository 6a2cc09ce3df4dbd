#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/stage/record_router.hpp"

namespace reel::warehouse {

/// Rejections as rows for the COPY of the quarantine (rejected_columns). Whoever reads a block
/// makes them; what stands in front of the block, and where they lie in the quarantine, is put into
/// them when it is known.
class RejectedRows final {
  public:
    void add(const Rejection& rejection);
    [[nodiscard]] bool empty() const { return starts_.empty(); }
    [[nodiscard]] std::size_t size() const { return starts_.size(); }
    /// So many records and lines more are in front of theirs.
    void move_behind(std::uint64_t records, std::uint64_t lines);
    /// `count` rows from `first` on lie in that batch, from `place` on.
    void put_into(std::int32_t batch, std::int32_t place, std::size_t first, std::size_t count);
    /// These rows, whole.
    [[nodiscard]] std::string_view bytes(std::size_t first, std::size_t count) const;

  private:
    std::string bytes_;
    std::vector<std::size_t> starts_;
};

/// What the fields of such a row are, in order.
inline constexpr std::string_view rejected_columns =
    "batch, place, line, record_number, byte_offset, element, raw, raw_size, column_name, rule, "
    "reason, value, table_name";

/// The part of a rejection that says what is wrong, and with which table, as fields of a COPY:
/// column_name, rule, reason, value, table_name.
void put_reason(const Rejection& rejection, std::string& out);

}  // namespace reel::warehouse
