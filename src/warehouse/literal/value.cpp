#include "warehouse/literal/value.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

namespace reel::warehouse::literal {

namespace {

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

struct JsonWriter {
    std::string& out;

    void write(const Value& value) const { std::visit(*this, value.data); }

    void operator()(Value::Null) const { out += "null"; }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(const Number& value) const { out += value.text; }
    void operator()(double value) const {
        if (!std::isfinite(value)) {
            out += "null";
            return;
        }
        const std::string text = fmt::format("{}", value);
        out += text;
        if (text.find_first_of(".e") == std::string::npos) out += ".0";
    }
    void operator()(const std::string& value) const { append_quoted(out, value); }
    void operator()(const Bytes& value) const {
        out += "\"\\\\x";
        for (const char c : value.data) {
            fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(c));
        }
        out += '"';
    }
    void operator()(const List& value) const {
        char before = '[';
        for (const Value& item : value) {
            out += before;
            write(item);
            before = ',';
        }
        out += value.empty() ? "[]" : "]";
    }
    void operator()(const Map& value) const {
        char before = '{';
        for (const Entry& entry : value) {
            out += before;
            write_key(entry.key);
            out += ':';
            write(entry.value);
            before = ',';
        }
        out += value.empty() ? "{}" : "}";
    }
    void write_key(const Value& key) const {
        const bool is_string = key.text() != nullptr || std::holds_alternative<Bytes>(key.data);
        if (is_string) {
            write(key);
        } else {
            append_quoted(out, to_json(key));
        }
    }
};

}  // namespace

bool Value::is_null() const {
    return std::holds_alternative<Null>(data);
}
const List* Value::list() const {
    return std::get_if<List>(&data);
}
const Map* Value::map() const {
    return std::get_if<Map>(&data);
}
const std::string* Value::text() const {
    return std::get_if<std::string>(&data);
}

const Value* Value::find(std::string_view key) const {
    const Map* entries = map();
    if (entries == nullptr) return nullptr;
    for (const Entry& entry : *entries) {
        const std::string* name = entry.key.text();
        if (name != nullptr && *name == key) return &entry.value;
    }
    return nullptr;
}

std::string_view Value::kind() const {
    static constexpr std::array<std::string_view, 9> kinds = {
        "null", "boolean", "integer", "number", "number", "string", "bytes", "list", "map"
    };
    return kinds.at(data.index());
}

bool Value::operator==(const Value& other) const = default;

std::string to_json(const Value& value) {
    std::string out;
    JsonWriter{out}.write(value);
    return out;
}

}  // namespace reel::warehouse::literal
