#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Finds rows that say once more what the last row of their key has said in the same block: all
/// genres are in a few movies. No other row stands between these two that could be newer, so one of
/// them is a duplicate, and need not be sent to be deleted. Equal blocks give equal answers.
class RepeatedRows final {
  public:
    /// None where it is not worth looking: only lists say the same again and again.
    [[nodiscard]] static std::optional<RepeatedRows> of(const StageTableSpec& table);

    /// Another block.
    void restart();
    /// Whether the row is such a one. `fields` are as COPY has them.
    [[nodiscard]] bool see(std::string_view fields);

  private:
    [[nodiscard]] bool is_worth_it() const;

    std::vector<bool> in_key_;                           ///< up to the last column of the key
    std::unordered_map<std::string, std::string> last_;  ///< the row, by its key
    std::size_t rows_ = 0;
    std::size_t repeated_ = 0;
    std::string key_;
};

}  // namespace reel::warehouse
