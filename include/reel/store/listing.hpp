#pragma once

#include <cstddef>
#include <vector>

namespace reel::store {

struct Page {
    std::size_t limit = 50;
    std::size_t offset = 0;
};

/// All of a list at once.
inline constexpr Page whole_list{.limit = std::size_t{1} << 30U, .offset = 0};

template <class T>
struct Listing {
    std::vector<T> items;
    std::size_t total = 0;  ///< before limit and offset
};

}  // namespace reel::store
