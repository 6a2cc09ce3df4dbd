#include "warehouse/stage/key_order.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

/// Whether values are equal only when their bytes are, and compare as signed numbers of that many
/// bytes. (1.0 and 1.00 are equal numerics, 0 and -0 equal reals, "a" and "A" perhaps equal texts.)
bool is_ordered(BaseType base) {
    switch (base) {
        case BaseType::smallint:
        case BaseType::integer:
        case BaseType::bigint:
        case BaseType::date:
        case BaseType::time:
        case BaseType::timestamp:
        case BaseType::timestamptz:
            return true;
        default:
            return false;
    }
}

}  // namespace

void KeyRange::join(const KeyRange& next) {
    ascends = ascends && next.ascends && (next.first.empty() || last < next.first);
    if (next.first.empty()) return;
    if (first.empty()) first = next.first;
    last = next.last;
}

std::optional<std::vector<bool>> exact_key(const StageTableSpec& table) {
    std::vector<bool> columns;
    std::size_t found = 0;
    for (const ColumnSpec& column : table.columns) {
        if (found == table.key.size()) break;
        const bool in_key = std::ranges::find(table.key, column.name) != table.key.end();
        if (in_key && !is_ordered(column.encoder.type().base)) return std::nullopt;
        columns.push_back(in_key);
        found += in_key ? 1 : 0;
    }
    return found > 0 ? std::optional(std::move(columns)) : std::nullopt;
}

std::size_t take_field_length(std::string_view& fields) {
    const auto length = read_wire<std::int32_t>(fields);
    fields.remove_prefix(sizeof length);
    return length < 0 ? 0 : static_cast<std::size_t>(length);
}

std::optional<KeyOrder> KeyOrder::of(const StageTableSpec& table) {
    auto key = exact_key(table);
    if (!key) return std::nullopt;
    KeyOrder order;
    order.in_key_ = *std::move(key);
    return order;
}

void KeyOrder::see(std::string_view fields) {
    key_.clear();
    for (const bool in_key : in_key_) {
        const std::size_t length = take_field_length(fields);
        if (in_key) {
            // With its sign turned over a number compares as its bytes do.
            const std::size_t at = key_.size();
            key_ += fields.substr(0, length);
            key_[at] = static_cast<char>(key_[at] ^ '\x80');
        }
        fields.remove_prefix(length);
    }
    range_.ascends = range_.ascends && range_.last < key_;
    if (range_.first.empty()) range_.first = key_;
    range_.last.swap(key_);
}

}  // namespace reel::warehouse
