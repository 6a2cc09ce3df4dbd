#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/dag.hpp"

namespace reel::dagfile {

enum class NodeKind { null, boolean, integer, number, text, list, map };

struct Entry;

/// One value of a YAML file with its place: what the parser of YAML gave, resolved by the rules of
/// YAML 1.2's core schema, aliases and merge keys carried out. A plain value.
struct Node {
    NodeKind kind = NodeKind::null;
    core::SourcePosition at;
    std::string text;            ///< of a scalar, as written, escapes resolved
    bool literal_block = false;  ///< written as '|': line n of the text stands n lines below `at`
    bool inherited = false;      ///< came from default_args, where it was checked
    std::vector<Node> items;     ///< of a list
    std::vector<Entry> entries;  ///< of a map, in the file's order, each key once

    /// Null for anything but a map that has the key.
    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] const Entry* find_entry(std::string_view key) const;
    /// Like find, but a value that is null counts as not there.
    [[nodiscard]] const Node* find_value(std::string_view key) const;

    [[nodiscard]] bool is_null() const { return kind == NodeKind::null; }
    [[nodiscard]] bool is_text() const { return kind == NodeKind::text; }
    [[nodiscard]] bool is_list() const { return kind == NodeKind::list; }
    [[nodiscard]] bool is_map() const { return kind == NodeKind::map; }
    /// Empty for another kind.
    [[nodiscard]] std::optional<long long> as_integer() const;
    [[nodiscard]] std::optional<double> as_number() const;
    [[nodiscard]] std::optional<bool> as_boolean() const;
    [[nodiscard]] std::optional<std::string> as_text() const;
    /// The texts of a list of texts, or the text alone; other items are left out.
    [[nodiscard]] std::vector<const Node*> as_texts() const;
};

/// One pair of a map.
struct Entry {
    std::string key;
    core::SourcePosition at;  ///< of the key
    Node value;
};

/// Sets or replaces an entry.
void set_entry(Node& map, const std::string& key, Node value);

/// The value as one line of JSON, keys in the file's order (the order of columns means something).
[[nodiscard]] std::string to_json_text(const Node& node);

/// "text 'many'", "a list", "nothing": for messages.
[[nodiscard]] std::string describe_value(const Node& node);

}  // namespace reel::dagfile
