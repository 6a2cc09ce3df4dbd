#include "warehouse/infer/distinct_values.hpp"

#include <functional>
#include <utility>

namespace reel::warehouse {

namespace {

constexpr std::size_t first_slots = 64;

}  // namespace

std::uint64_t DistinctValues::hash(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

bool DistinctValues::add_hash(std::uint64_t hash) {
    if (is_full_) return true;
    hash |= static_cast<std::uint64_t>(hash == 0);
    // Three slots of four are used at most.
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
    const std::size_t place = place_of(hash);
    if (slots_[place] == hash) {
        repeats_ = true;
        return false;
    }
    if (count_ == limit_) {
        is_full_ = true;
        slots_ = {};
        return true;
    }
    slots_[place] = hash;
    ++count_;
    return true;
}

std::size_t DistinctValues::place_of(std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = hash & mask;
    while (slots_[place] != 0 && slots_[place] != hash) place = (place + 1) & mask;
    return place;
}

void DistinctValues::grow() {
    const auto before = std::exchange(slots_, {});
    slots_.resize(before.empty() ? first_slots : before.size() * 2);
    for (const std::uint64_t hash : before) {
        if (hash != 0) slots_[place_of(hash)] = hash;
    }
}

}  // namespace reel::warehouse
