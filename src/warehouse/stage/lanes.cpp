#include "warehouse/stage/lanes.hpp"

namespace reel::warehouse {

FileAccount account_of(const Lanes& lanes) {
    FileAccount whole = lanes.front()->account();
    for (std::size_t i = 1; i < lanes.size(); ++i) add(whole, lanes[i]->account());
    return whole;
}

std::uint64_t sum_of(
    const Lanes& lanes, std::uint64_t (CopySink::*count)(std::size_t) const, std::size_t table
) {
    std::uint64_t sum = 0;
    for (const auto& lane : lanes) sum += (lane->copies().*count)(table);
    return sum;
}

std::vector<RowChecks> seen_rows(const Lanes& lanes, const std::vector<TableChecks>& tables) {
    std::vector<RowChecks> all;
    all.reserve(tables.size());
    for (std::size_t t = 0; t < tables.size(); ++t) {
        auto& seen = all.emplace_back(tables[t].plan);
        for (const auto& lane : lanes) {
            if (const auto* const of_lane = lane->copies().checks(t)) seen.add(*of_lane);
        }
    }
    return all;
}

std::vector<std::string> missing_keys(const Lanes& lanes) {
    SeenKeys seen = lanes.front()->seen_keys();
    for (const auto& lane : lanes) seen.add(lane->seen_keys());
    return seen.missing();
}

}  // namespace reel::warehouse
