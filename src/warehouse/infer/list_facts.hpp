#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "warehouse/literal/value.hpp"

namespace reel::warehouse {

/// What the lists and maps of a column hold, for a person who wants tables of them.
struct ListFacts {
    struct Key {
        std::string name;
        std::uint64_t count = 0;
        std::set<std::string_view> kinds;  ///< "integer", "string", … without null
        bool is_null_or_missing = false;   ///< in at least one element
    };

    std::uint64_t lists = 0;
    std::uint64_t maps = 0;      ///< cells that are one map
    std::uint64_t elements = 0;  ///< of lists
    std::uint64_t element_maps = 0;
    std::uint64_t longest = 0;
    std::vector<Key> keys;  ///< of maps in lists, or of the maps; in the order of their appearance
    bool has_more_keys = false;

    void take(const literal::Value& value);
    /// "lists of maps, 0 to 9 elements; keys: id (integer), name (string)"
    [[nodiscard]] std::string describe() const;

  private:
    void take_map(const literal::Map& map);
};

}  // namespace reel::warehouse
