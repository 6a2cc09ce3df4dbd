#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace reel::warehouse::literal {

struct Value;
struct Entry;

/// A number that neither int64 nor double holds without loss: its text, in JSON's form.
struct Number {
    std::string text;
    bool operator==(const Number&) const = default;
};

/// Python's b'…'.
struct Bytes {
    std::string data;
    bool operator==(const Bytes&) const = default;
};

using List = std::vector<Value>;
/// In order of the first appearance of each key; a repeated key has its last value.
using Map = std::vector<Entry>;

/// What a Python literal or a JSON text says. Tuples and sets are lists.
struct Value {
    using Null = std::monostate;
    std::variant<Null, bool, std::int64_t, Number, double, std::string, Bytes, List, Map> data;

    [[nodiscard]] bool is_null() const;
    /// What it holds, or nullptr when it is something else.
    [[nodiscard]] const List* list() const;
    [[nodiscard]] const Map* map() const;
    [[nodiscard]] const std::string* text() const;
    /// The value under a string key; nullptr when this is no map or has no such key.
    [[nodiscard]] const Value* find(std::string_view key) const;
    /// "null", "boolean", "integer", "number", "string", "bytes", "list" or "map", for messages.
    [[nodiscard]] std::string_view kind() const;

    bool operator==(const Value& other) const;
};

/// JSON's keys are strings, Python's may be any hashable value.
struct Entry {
    Value key;
    Value value;
    bool operator==(const Entry&) const = default;
};

/// Compact JSON text. Keys that are no strings become the text of their value, bytes become \x hex;
/// nan and infinities, which JSON does not have, become null.
[[nodiscard]] std::string to_json(const Value& value);

}  // namespace reel::warehouse::literal
