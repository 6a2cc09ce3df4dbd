#include <utility>

#include "warehouse/literal/cursor.hpp"
#include "warehouse/literal/map_builder.hpp"
#include "warehouse/literal/number.hpp"
#include "warehouse/literal/parse.hpp"
#include "warehouse/types/utf8.hpp"

namespace reel::warehouse::literal {

namespace {

constexpr char32_t first_high_surrogate = 0xD800;
constexpr char32_t first_low_surrogate = 0xDC00;
constexpr char32_t after_surrogates = 0xE000;

class JsonReader : public Cursor {
  public:
    using Cursor::Cursor;

    Reading read() {
        Value value;
        if (!read_value(value)) return std::unexpected(std::move(*failure_));
        skip_blanks();
        if (!at_end()) {
            return std::unexpected(Failure{position_, "unexpected text behind the value"});
        }
        return value;
    }

  private:
    void skip_blanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++position_;
    }
    bool read_value(Value& out);
    bool read_list(Value& out);
    bool read_map(Value& out);
    bool read_word(Value& out);
    bool read_number(Value& out);
    bool read_string(std::string& out);
    bool read_escape(std::string& out);
    bool read_code_point(std::string& out);
};

bool JsonReader::read_value(Value& out) {
    skip_blanks();
    switch (peek()) {
        case '[':
            return read_list(out);
        case '{':
            return read_map(out);
        case '"':
            return read_string(out.data.emplace<std::string>());
        default:
            break;
    }
    if (at_end()) return fail("the text ends where a value should be");
    if (peek() == '-' || (peek() >= '0' && peek() <= '9')) return read_number(out);
    return read_word(out);
}

bool JsonReader::read_word(Value& out) {
    const std::string_view rest = text_.substr(position_);
    if (rest.starts_with("true")) {
        out.data = true;
        position_ += 4;
    } else if (rest.starts_with("false")) {
        out.data = false;
        position_ += 5;
    } else if (rest.starts_with("null")) {
        out.data = Value::Null();
        position_ += 4;
    } else {
        return fail("this is no JSON value");
    }
    return true;
}

bool JsonReader::read_list(Value& out) {
    if (++depth_ > max_depth) return fail("nested too deeply");
    ++position_;
    List items;
    skip_blanks();
    if (!take(']')) {
        do {
            if (!read_value(items.emplace_back())) return false;
            skip_blanks();
        } while (take(','));
        if (!take(']')) return fail("a list needs , or ] here");
    }
    --depth_;
    out.data = std::move(items);
    return true;
}

bool JsonReader::read_map(Value& out) {
    if (++depth_ > max_depth) return fail("nested too deeply");
    ++position_;
    MapBuilder entries;
    skip_blanks();
    if (!take('}')) {
        do {
            skip_blanks();
            if (peek() != '"') return fail("an object needs a key in double quotes here");
            Entry& entry = entries.add();
            if (!read_string(entry.key.data.emplace<std::string>())) return false;
            skip_blanks();
            if (!take(':')) return fail("a key needs : behind it");
            if (!read_value(entry.value)) return false;
            entries.settle();
            skip_blanks();
        } while (take(','));
        if (!take('}')) return fail("an object needs , or } here");
    }
    --depth_;
    out.data = entries.take();
    return true;
}

bool JsonReader::read_number(Value& out) {
    const std::size_t begin = position_;
    if (peek() == '-') ++position_;
    const bool zero = peek() == '0';
    const std::size_t digits = skip_digits();
    if (digits == 0) return fail("a number needs a digit here");
    if (zero && digits > 1) return fail_at(begin, "a number must not begin with 0");
    bool whole = true;
    if (take('.')) {
        whole = false;
        if (skip_digits() == 0) return fail("a number needs a digit here");
    }
    if (take('e') || take('E')) {
        whole = false;
        if (!take('+')) static_cast<void>(take('-'));
        if (skip_digits() == 0) return fail("a number needs a digit here");
    }
    std::string text(text_.substr(begin, position_ - begin));
    out = whole ? make_integer(std::move(text)) : make_decimal(std::move(text));
    return true;
}

bool JsonReader::read_string(std::string& out) {
    const std::size_t opened = position_++;
    for (;;) {
        const std::size_t begin = position_;
        while (!at_end() && peek() != '"' && peek() != '\\' &&
               static_cast<unsigned char>(peek()) >= 0x20) {
            ++position_;
        }
        out += text_.substr(begin, position_ - begin);
        if (at_end()) return fail_at(opened, "this string is never closed");
        if (take('"')) return true;
        if (!take('\\')) return fail("a control character inside a string");
        if (!read_escape(out)) return false;
    }
}

bool JsonReader::read_escape(std::string& out) {
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (take('u')) return read_code_point(out);
    const std::size_t index = names.find(peek());
    if (at_end() || index == std::string_view::npos) {
        return fail_at(position_ - 1, "unknown escape");
    }
    out += meanings[index];
    ++position_;
    return true;
}

bool JsonReader::read_code_point(std::string& out) {
    const std::size_t begin = position_ - 2;
    char32_t code = 0;
    if (!read_hex(4, code)) return false;
    if (code >= first_high_surrogate && code < first_low_surrogate) {
        char32_t low = 0;
        if (!take('\\') || !take('u')) return fail_at(begin, "half of a surrogate pair");
        if (!read_hex(4, low)) return false;
        if (low < first_low_surrogate || low >= after_surrogates) {
            return fail_at(begin, "half of a surrogate pair");
        }
        code = 0x10000 + ((code - first_high_surrogate) << 10U) + (low - first_low_surrogate);
    } else if (code >= first_low_surrogate && code < after_surrogates) {
        return fail_at(begin, "half of a surrogate pair");
    }
    append_utf8(out, code);
    return true;
}

}  // namespace

Reading read_json(const CheckedText& text) {
    return JsonReader(text).read();
}

}  // namespace reel::warehouse::literal
