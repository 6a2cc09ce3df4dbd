#include "warehouse/quality/import/node_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

std::string place_of(const core::SourcePosition& at) {
    return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

Json json_of(const dagfile::Node& node) {
    return Json::parse(dagfile::to_json_text(node));
}

NodeReader::NodeReader(const dagfile::Node& map, std::string what, Mistakes& mistakes)
    : map_(map), what_(std::move(what)), mistakes_(mistakes) {
    if (!map_.is_map()) {
        mistake("is no map");
    }
}

const dagfile::Node* NodeReader::find(std::string_view key) {
    known_.emplace_back(key);
    return map_.find_value(key);
}

std::optional<std::string> NodeReader::text(std::string_view key) {
    const auto* const node = find(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    if (node->is_list() || node->is_map()) {
        mistake(*node, fmt::format("'{}' must be text", key));
        return std::nullopt;
    }
    return node->text;
}

std::string NodeReader::required_text(std::string_view key) {
    const bool present = map_.find_value(key) != nullptr;
    auto value = text(key);
    if (!present || (value && value->empty())) {
        mistake(fmt::format("lacks '{}'", key));
    }
    return value.value_or("");
}

Json NodeReader::scalars(std::string_view key) {
    const auto* const node = find(key);
    if (node == nullptr) {
        return Json::array();
    }
    Json list = json_of(*node);
    if (!list.is_array()) {
        list = Json::array({std::move(list)});
    }
    const bool flat = std::ranges::none_of(list, [](const Json& item) {
        return item.is_structured() || item.is_null();
    });
    if (!flat) {
        mistake(*node, fmt::format("'{}' must be a list of values", key));
        return Json::array();
    }
    return list;
}

std::span<const dagfile::Node> NodeReader::list(std::string_view key) {
    const auto* const node = find(key);
    if (node == nullptr) {
        return {};
    }
    if (!node->is_list()) {
        mistake(*node, fmt::format("'{}' must be a list", key));
    }
    return node->items;
}

std::optional<bool> NodeReader::flag(std::string_view key) {
    const auto* const node = find(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto value = node->as_boolean();
    if (!value) {
        mistake(*node, fmt::format("'{}' must be true or false", key));
    }
    return value;
}

void NodeReader::ignore(std::initializer_list<std::string_view> keys) {
    known_.insert(known_.end(), keys.begin(), keys.end());
}

void NodeReader::mistake(const std::string& message) {
    mistake(map_, message);
}

void NodeReader::mistake(const dagfile::Node& at, const std::string& message) {
    mistakes_.add(place_of(at.at), fmt::format("{} {}", what_, message));
}

void NodeReader::finish() {
    if (!map_.is_map()) {
        return;
    }
    for (const auto& entry : map_.entries) {
        if (std::ranges::find(known_, entry.key) == known_.end()) {
            const auto guess = did_you_mean(entry.key, known_);
            mistakes_.add(
                place_of(entry.at),
                fmt::format("{}: '{}' is not supported{}", what_, entry.key, guess)
            );
        }
    }
}

}  // namespace reel::warehouse
