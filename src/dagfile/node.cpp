#include "reel/dagfile/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace reel::dagfile {
namespace {

std::string shortened(const std::string& text) {
    constexpr std::size_t longest = 60;
    const std::string line = text.substr(0, text.find('\n'));
    if (line.size() == text.size() && text.size() <= longest) {
        return text;
    }
    std::size_t end = std::min(line.size(), longest);
    // Not within a character: the rest of a UTF-8 sequence is 10xxxxxx.
    while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U
    ) {
        --end;
    }
    return line.substr(0, end) + "…";
}

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_json(const Node& node, std::string& out) {
    std::string_view separator;
    switch (node.kind) {
        case NodeKind::null:
            out += "null";
            break;
        case NodeKind::boolean:
            out += node.as_boolean().value_or(false) ? "true" : "false";
            break;
        case NodeKind::integer:
            out += std::to_string(node.as_integer().value_or(0));
            break;
        case NodeKind::number:
            out += nlohmann::json(node.as_number().value_or(0)).dump();
            break;
        case NodeKind::text:
            out += quoted(node.text);
            break;
        case NodeKind::list:
            out += '[';
            for (const Node& item : node.items) {
                out += std::exchange(separator, ",");
                append_json(item, out);
            }
            out += ']';
            break;
        case NodeKind::map:
            out += '{';
            for (const Entry& entry : node.entries) {
                out += std::exchange(separator, ",");
                out += quoted(entry.key) + ":";
                append_json(entry.value, out);
            }
            out += '}';
            break;
    }
}

}  // namespace

const Entry* Node::find_entry(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view key) const {
    const Entry* entry = find_entry(key);
    return entry == nullptr ? nullptr : &entry->value;
}

const Node* Node::find_value(std::string_view key) const {
    const Node* value = find(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<long long> Node::as_integer() const {
    long long value = 0;
    if (kind != NodeKind::integer) {
        return std::nullopt;
    }
    std::string_view digits = text;
    digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
    const bool is_hex = digits.starts_with("0x");
    const bool is_octal = digits.starts_with("0o");
    digits.remove_prefix(is_hex || is_octal ? 2 : 0);
    const int base = is_hex ? 16 : is_octal ? 8 : 10;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    const bool is_whole = stop == digits.data() + digits.size();
    return error == std::errc() && is_whole ? std::optional(value) : std::nullopt;
}

std::optional<double> Node::as_number() const {
    if (const std::optional<long long> whole = as_integer()) {
        return static_cast<double>(*whole);
    }
    if (kind != NodeKind::number) {
        return std::nullopt;
    }
    std::string_view digits = text;
    digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
    double value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<bool> Node::as_boolean() const {
    if (kind != NodeKind::boolean) {
        return std::nullopt;
    }
    return text.starts_with('t') || text.starts_with('T');
}

std::optional<std::string> Node::as_text() const {
    return is_text() ? std::optional(text) : std::nullopt;
}

std::vector<const Node*> Node::as_texts() const {
    std::vector<const Node*> texts;
    if (is_text()) {
        texts.push_back(this);
    }
    for (const Node& item : items) {
        if (item.is_text()) {
            texts.push_back(&item);
        }
    }
    return texts;
}

void set_entry(Node& map, const std::string& key, Node value) {
    const auto found = std::ranges::find(map.entries, key, &Entry::key);
    if (found != map.entries.end()) {
        found->value = std::move(value);
        return;
    }
    const core::SourcePosition at = value.at;
    map.entries.push_back({key, at, std::move(value)});
}

std::string to_json_text(const Node& node) {
    std::string text;
    append_json(node, text);
    return text;
}

std::string describe_value(const Node& node) {
    switch (node.kind) {
        case NodeKind::null:
            return "nothing";
        case NodeKind::boolean:
        case NodeKind::integer:
        case NodeKind::number:
            return node.text;
        case NodeKind::text:
            return fmt::format("the text '{}'", shortened(node.text));
        case NodeKind::list:
            return "a list";
        case NodeKind::map:
            return "a map";
    }
    return "";
}

}  // namespace reel::dagfile
