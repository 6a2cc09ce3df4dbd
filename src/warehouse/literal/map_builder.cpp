#include "warehouse/literal/map_builder.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <span>
#include <utility>

namespace reel::warehouse::literal {

namespace {

constexpr std::size_t large = 16;
constexpr std::size_t usual = 8;

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
    add() = {std::move(key), std::move(value)};
    settle();
}

Entry& MapBuilder::add() {
    if (map_.empty()) map_.reserve(usual);
    return map_.emplace_back();
}

void MapBuilder::settle() {
    if (Entry* known = find_earlier(map_.back().key)) {
        known->value = std::move(map_.back().value);
        map_.pop_back();
        return;
    }
    if (map_.size() < large) return;
    for (std::size_t i = places_.size(); i < map_.size(); ++i) {
        places_.emplace(identify(map_[i].key), i);
    }
}

Entry* MapBuilder::find_earlier(const Value& key) {
    if (!places_.empty()) {
        const auto place = places_.find(identify(key));
        return place == places_.end() ? nullptr : &map_[place->second];
    }
    const std::string* const text = key.text();
    for (Entry& entry : std::span(map_).first(map_.size() - 1)) {
        const std::string* const other = entry.key.text();
        const bool both_text = other != nullptr && text != nullptr;
        if (both_text ? *other == *text : identify(entry.key) == identify(key)) return &entry;
    }
    return nullptr;
}

}  // namespace reel::warehouse::literal
