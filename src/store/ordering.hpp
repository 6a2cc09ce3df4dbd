#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace reel::store {

/// An order_by taken apart: "-run_after" is run_after, descending.
struct Ordering {
    std::string word;
    bool descending = false;
};

[[nodiscard]] inline Ordering parse_ordering(const std::string& order_by) {
    const bool descending = order_by.starts_with('-');
    return {order_by.substr(descending ? 1 : 0), descending};
}

/// Sorts rows by `key`; equal ones stay as they were.
template <class Row, class Key>
void sort_by(std::vector<Row>& rows, bool descending, Key key) {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const auto& first = key(rows[a]);
        const auto& second = key(rows[b]);
        if (first == second) return a < b;
        return descending ? second < first : first < second;
    });
    std::vector<Row> sorted;
    sorted.reserve(rows.size());
    for (const std::size_t index : order) sorted.push_back(std::move(rows[index]));
    rows = std::move(sorted);
}

}  // namespace reel::store
