#include "warehouse/literal/python_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "warehouse/literal/number.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::warehouse::literal {

namespace {

constexpr std::size_t usual_items = 8;

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Reading PythonReader::read() {
    Value value;
    if (!read_top_level(value)) return std::unexpected(std::move(*failure_));
    return value;
}

/// A value, or values with commas between them: a tuple needs no parentheses.
bool PythonReader::read_top_level(Value& out) {
    Value first;
    if (!skip_blanks() || !read_value(first) || !skip_blanks_on_line()) return false;
    if (peek() == ',') {
        List items;
        items.push_back(std::move(first));
        while (take(',')) {
            if (!skip_blanks_on_line()) return false;
            if (at_end() || peek() == '\n' || peek() == '\r' || peek() == '#') break;
            if (!read_value(items.emplace_back()) || !skip_blanks_on_line()) return false;
        }
        out.data = std::move(items);
    } else {
        out = std::move(first);
    }
    if (!skip_blanks()) return false;
    return at_end() || fail("unexpected text behind the value");
}

bool PythonReader::skip_all_blanks() {
    for (;;) {
        if (!skip_blanks_on_line()) return false;
        if (peek() == '#') {
            position_ = std::min(text_.find_first_of("\r\n", position_), text_.size());
        } else if (!take('\n') && !take('\r')) {
            return true;
        }
    }
}

bool PythonReader::skip_blanks_on_line() {
    for (;;) {
        if (peek() == '\\') {
            if (!skip_continuation()) return false;
        } else if (!take(' ') && !take('\t') && !take('\f')) {
            return true;
        }
    }
}

bool PythonReader::skip_continuation() {
    if (peek(1) != '\n' && peek(1) != '\r') return fail("a backslash outside a string");
    position_ += peek(1) == '\r' && peek(2) == '\n' ? 3 : 2;
    return true;
}

bool PythonReader::read_value(Value& out) {
    hashable_ = true;
    StringStart start;
    switch (peek()) {
        case '[':
            return read_list(out);
        case '(':
            return read_parenthesis(out);
        case '{':
            return read_braces(out);
        case '+':
        case '-':
            return read_signed(out);
        default:
            break;
    }
    if (at_end()) return fail("the text ends where a value should be");
    if (find_string(start)) return read_strings(out, start);
    if (peek() == '.' || (peek() >= '0' && peek() <= '9')) return read_number(out, false);
    return read_word(out, false);
}

/// Values with commas between them up to `closing`, whose opening bracket is passed already.
bool PythonReader::read_items(char closing, List& items, bool& has_comma) {
    bool hashable = true;
    for (;;) {
        if (!skip_blanks()) return false;
        if (take(closing)) break;
        if (items.empty()) items.reserve(usual_items);
        if (!read_value(items.emplace_back()) || !skip_blanks()) return false;
        hashable = hashable && hashable_;
        has_comma = take(',');
        if (!has_comma && peek() != closing) {
            return fail(fmt::format("a , or {} is missing", closing));
        }
        if (!has_comma) {
            ++position_;
            has_comma = items.size() > 1;
            break;
        }
    }
    hashable_ = hashable;
    return true;
}

bool PythonReader::read_list(Value& out) {
    if (++depth_ > max_depth) return fail("nested too deeply");
    ++position_;
    bool has_comma = false;
    List items;
    if (!read_items(']', items, has_comma)) return false;
    --depth_;
    hashable_ = false;
    out.data = std::move(items);
    return true;
}

bool PythonReader::read_parenthesis(Value& out) {
    if (++depth_ > max_depth) return fail("nested too deeply");
    ++position_;
    bool has_comma = false;
    List items;
    if (!read_items(')', items, has_comma)) return false;
    --depth_;
    if (items.size() == 1 && !has_comma) {
        Value only = std::move(items.front());
        out = std::move(only);
    } else {
        out.data = std::move(items);
    }
    return true;
}

bool PythonReader::read_braces(Value& out) {
    if (++depth_ > max_depth) return fail("nested too deeply");
    ++position_;
    if (!skip_blanks()) return false;
    if (take('}')) {
        out.data = Map();
    } else {
        MapBuilder entries;
        if (!read_hashable(entries.add().key)) return false;
        const bool read = peek() == ':' ? read_map(entries, out) : read_set(entries, out);
        if (!read) return false;
    }
    --depth_;
    hashable_ = false;
    return true;
}

/// A key of a dict or an item of a set, and the blanks behind it.
bool PythonReader::read_hashable(Value& out) {
    const std::size_t begin = position_;
    if (!read_value(out)) return false;
    if (!hashable_) return fail_at(begin, "a list, set or dict cannot be a key or in a set");
    return skip_blanks();
}

/// Behind its first key.
bool PythonReader::read_map(MapBuilder& entries, Value& out) {
    for (;;) {
        if (!take(':')) return fail("a key needs : behind it");
        Value& value = entries.last().value;
        if (!skip_blanks() || !read_value(value) || !skip_blanks()) return false;
        entries.settle();
        const bool comma = take(',');
        if (!skip_blanks()) return false;
        if (take('}')) break;
        if (!comma) return fail("a dict needs , or } here");
        if (!read_hashable(entries.add().key)) return false;
    }
    out.data = entries.take();
    return true;
}

/// Behind its first item.
bool PythonReader::read_set(MapBuilder& items, Value& out) {
    for (;;) {
        items.settle();
        const bool comma = take(',');
        if (!skip_blanks()) return false;
        if (take('}')) break;
        if (!comma) return fail("a set needs , or } here");
        if (!read_hashable(items.add().key)) return false;
    }
    List list;
    for (Entry& entry : items.take()) list.push_back(std::move(entry.key));
    out.data = std::move(list);
    return true;
}

bool PythonReader::read_word(Value& out, bool is_signed) {
    const std::size_t begin = position_;
    while (is_word_character(peek())) ++position_;
    const std::string_view word = text_.substr(begin, position_ - begin);
    if (word == "nan") {
        out.data = std::numeric_limits<double>::quiet_NaN();
    } else if (word == "inf") {
        out.data = std::numeric_limits<double>::infinity();
    } else if (is_signed) {
        return fail_at(begin, "a sign needs a number behind it");
    } else if (word == "None") {
        out.data = Value::Null();
    } else if (word == "True" || word == "False") {
        out.data = word == "True";
    } else if (word == "set") {
        return read_empty_set(out);
    } else {
        return fail_at(begin, "this is no Python literal");
    }
    return true;
}

bool PythonReader::read_empty_set(Value& out) {
    const std::size_t begin = position_ - 3;
    if (!skip_between()) return false;
    if (!take('(')) return fail_at(begin, "this is no Python literal");
    if (!skip_blanks()) return false;
    if (!take(')')) return fail_at(begin, "this is no Python literal");
    hashable_ = false;
    out.data = List();
    return true;
}

bool PythonReader::read_signed(Value& out) {
    const bool negative = peek() == '-';
    ++position_;
    if (!skip_between()) return false;
    if (peek() == '.' || (peek() >= '0' && peek() <= '9')) return read_number(out, negative);
    if (!read_word(out, true)) return false;
    if (negative) out.data = -*std::get_if<double>(&out.data);
    return true;
}

}  // namespace reel::warehouse::literal
