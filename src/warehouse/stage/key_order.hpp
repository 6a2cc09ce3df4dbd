#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Which of a table's columns are in its key, up to the last of these. None when it has no key, or
/// one whose values may be equal while their bytes differ.
[[nodiscard]] std::optional<std::vector<bool>> exact_key(const StageTableSpec& table);

/// Takes the length of the field at the front; NULL is as long as nothing.
[[nodiscard]] std::size_t take_field_length(std::string_view& fields);

/// The keys of some rows that follow each other: while each is greater than the one before it, none
/// comes twice.
struct KeyRange {
    bool ascends = true;
    std::string first;  ///< empty when there was no row
    std::string last;

    /// Adds the rows behind these.
    void join(const KeyRange& next);
};

/// Watches the keys of a table's rows. Files are often sorted by their key, and then nobody needs
/// to look for duplicates.
class KeyOrder {
  public:
    /// None when the table has no exact key.
    [[nodiscard]] static std::optional<KeyOrder> of(const StageTableSpec& table);

    /// The fields of the next row, as COPY has them.
    void see(std::string_view fields);
    [[nodiscard]] const KeyRange& range() const { return range_; }
    void restart() { range_ = {}; }

  private:
    std::vector<bool> in_key_;  ///< up to the last column of the key
    KeyRange range_;
    std::string key_;
};

}  // namespace reel::warehouse
