#include "warehouse/literal/map_builder.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <utility>

namespace reel::warehouse::literal {

namespace {

constexpr std::size_t large = 16;

/// Equal exactly for equal keys.
struct Identity {
    std::string operator()(Value::Null) const { return "none"; }
    std::string operator()(bool value) const { return value ? "1" : "0"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const Number& value) const {
        const bool is_integer = value.text.find_first_of(".eE") == std::string::npos;
        // To Python a decimal is the double next to it, also beyond the last one.
        return is_integer ? value.text : (*this)(std::strtod(value.text.c_str(), nullptr));
    }
    std::string operator()(double value) const {
        // Whole numbers as integers are written; adding 0 makes -0 one of them.
        const bool is_whole = std::isfinite(value) && std::trunc(value) == value;
        return is_whole ? fmt::format("{:.0f}", value + 0.0) : fmt::format("{}", value);
    }
    std::string operator()(const std::string& value) const { return '"' + value; }
    std::string operator()(const Bytes& value) const { return 'b' + value.data; }
    std::string operator()(const List& value) const {
        std::string identity = "(";
        for (const Value& item : value) {
            const std::string part = std::visit(*this, item.data);
            identity += std::to_string(part.size()) + ':' + part;
        }
        return identity;
    }
    std::string operator()(const Map&) const { return "{"; }  // never a key
};

std::string identify(const Value& key) {
    return std::visit(Identity(), key.data);
}

}  // namespace

void MapBuilder::put(Value key, Value value) {
    if (Entry* known = find(key)) {
        known->value = std::move(value);
        return;
    }
    if (map_.size() + 1 == large) {
        for (std::size_t i = 0; i < map_.size(); ++i) places_.emplace(identify(map_[i].key), i);
    }
    if (map_.size() + 1 >= large) places_.emplace(identify(key), map_.size());
    map_.push_back({std::move(key), std::move(value)});
}

Entry* MapBuilder::find(const Value& key) {
    if (!places_.empty()) {
        const auto place = places_.find(identify(key));
        return place == places_.end() ? nullptr : &map_[place->second];
    }
    for (Entry& entry : map_) {
        const bool both_text = entry.key.text() != nullptr && key.text() != nullptr;
        const bool same =
            both_text ? *entry.key.text() == *key.text() : identify(entry.key) == identify(key);
        if (same) return &entry;
    }
    return nullptr;
}

}  // namespace reel::warehouse::literal
