#include "warehouse/stage/repeated_rows.hpp"

#include <utility>

#include "warehouse/stage/key_order.hpp"

namespace reel::warehouse {

std::optional<RepeatedRows> RepeatedRows::of(const StageTableSpec& table) {
    auto key = table.each.empty() ? std::nullopt : exact_key(table);
    if (!key) return std::nullopt;
    RepeatedRows rows;
    rows.in_key_ = *std::move(key);
    return rows;
}

void RepeatedRows::restart() {
    last_.clear();
    rows_ = 0;
    repeated_ = 0;
}

/// Many lists say nothing twice, and the first rows of a block show it.
bool RepeatedRows::is_worth_it() const {
    constexpr std::size_t enough = 256;
    constexpr std::size_t one_in = 10;
    return rows_ < enough || repeated_ * one_in >= rows_;
}

bool RepeatedRows::see(std::string_view fields) {
    if (!is_worth_it()) return false;
    ++rows_;
    key_.clear();
    std::string_view rest = fields;
    for (const bool in_key : in_key_) {
        const std::size_t length = take_field_length(rest);
        if (in_key) key_ += rest.substr(0, length);
        rest.remove_prefix(length);
    }
    const auto [last, is_new] = last_.try_emplace(key_, fields);
    if (is_new) return false;
    if (last->second != fields) {
        last->second = fields;
        return false;
    }
    ++repeated_;
    return true;
}

}  // namespace reel::warehouse
