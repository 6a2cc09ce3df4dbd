#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "warehouse/literal/value.hpp"

namespace reel::warehouse::literal {

/// Collects entries as Python's dict does: equal keys (1, 1.0 and True are) are one entry, at the
/// place of the first, with the value of the last. The time is linear, whatever the keys.
class MapBuilder {
  public:
    void put(Value key, Value value);
    /// The same in two steps: a new entry, which is filled in its place, then settle().
    Entry& add();
    [[nodiscard]] Entry& last() { return map_.back(); }
    /// Joins the last entry with an earlier one of the same key.
    void settle();
    [[nodiscard]] Map take() { return std::move(map_); }

  private:
    [[nodiscard]] Entry* find_earlier(const Value& key);

    Map map_;
    std::unordered_map<std::string, std::size_t> places_;  ///< by identity, for large maps only
};

}  // namespace reel::warehouse::literal
