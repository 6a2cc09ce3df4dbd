#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "warehouse/literal/python_reader.hpp"
#include "warehouse/types/utf8.hpp"

namespace reel::warehouse::literal {

namespace {

constexpr std::array<bool, 256> special = [] {
    std::array<bool, 256> table{};
    for (const unsigned char c : {'\'', '"', '\\', '\r', '\n'}) table.at(c) = true;
    return table;
}();

constexpr std::size_t step = 16;
// Clang turns these into whatever the target has.
using Piece [[gnu::vector_size(step)]] = char;
using Flags = bool __attribute__((ext_vector_type(step)));

/// Where characters end that stand for themselves in a string.
std::size_t end_of_run(std::string_view text, std::size_t from, char quote) {
    for (; from + step <= text.size(); from += step) {
        Piece bytes;
        std::memcpy(&bytes, text.data() + from, step);
        const auto found = (bytes == quote) | (bytes == '\\') | (bytes == '\r') | (bytes == '\n');
        const auto bits = std::bit_cast<std::uint16_t>(__builtin_convertvector(found, Flags));
        if (bits != 0) return from + static_cast<std::size_t>(std::countr_zero(bits));
    }
    const char other = quote == '"' ? '\'' : '"';
    while (from < text.size() &&
           (!special[static_cast<unsigned char>(text[from])] || text[from] == other)) {
        ++from;
    }
    return from;
}

}  // namespace

/// Whether a string begins here: up to two prefix letters, then a quote.
bool PythonReader::find_string(StringStart& start) const {
    bool unicode = false;
    for (std::size_t i = 0; i <= 2; ++i) {
        const char c = peek(i);
        if (c == '\'' || c == '"') {
            start.quote = c;
            start.prefix_size = i;
            return !unicode || i == 1;
        }
        if ((c == 'r' || c == 'R') && !start.raw) {
            start.raw = true;
        } else if ((c == 'b' || c == 'B') && !start.bytes) {
            start.bytes = true;
        } else if ((c == 'u' || c == 'U') && !unicode) {
            unicode = true;
        } else {
            return false;
        }
    }
    return false;
}

/// A string and all that follow it directly: they are one.
bool PythonReader::read_strings(Value& out, const StringStart& first) {
    std::string& text = out.data.emplace<std::string>();
    if (!read_string(text, first)) return false;
    for (;;) {
        const std::size_t end = position_;
        if (!skip_between()) return false;
        StringStart next;
        if (!find_string(next)) {
            position_ = end;
            break;
        }
        if (next.bytes != first.bytes) return fail("bytes and text cannot be joined");
        if (!read_string(text, next)) return false;
    }
    if (first.bytes) out.data = Bytes{std::move(text)};
    return true;
}

bool PythonReader::read_string(std::string& out, const StringStart& start) {
    position_ += start.prefix_size;
    const bool triple = peek(1) == start.quote && peek(2) == start.quote;
    if (!triple && peek(1) == start.quote) {
        position_ += 2;
        return true;
    }
    return read_string_body(out, start, triple);
}

bool PythonReader::read_string_body(std::string& out, const StringStart& start, bool triple) {
    const std::size_t opened = position_;
    position_ += triple ? 3 : 1;
    for (;;) {
        const std::size_t end = end_of_run(text_, position_, start.quote);
        const std::string_view run = text_.substr(position_, end - position_);
        if (start.bytes && !std::ranges::all_of(run, [](char c) { return c > 0; })) {
            return fail("bytes may hold ASCII only");
        }
        out += run;
        position_ = end;
        if (at_end()) return fail_at(opened, "this string is never closed");
        if (peek() == '\\') {
            if (!read_backslash(out, start)) return false;
        } else if (peek() == '\r' || peek() == '\n') {
            if (!read_line_break(out, opened, triple)) return false;
        } else if (!triple || (peek(1) == start.quote && peek(2) == start.quote)) {
            position_ += triple ? 3 : 1;
            return true;
        } else {
            out += text_[position_++];
        }
    }
}

/// Python's source has one line break, whatever the file has.
bool PythonReader::read_line_break(std::string& out, std::size_t opened, bool triple) {
    if (!triple) return fail_at(opened, "this string is not closed on its line");
    position_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1;
    out += '\n';
    return true;
}

bool PythonReader::read_backslash(std::string& out, const StringStart& start) {
    ++position_;
    if (!start.raw) return read_escape(out, start.bytes);
    out += '\\';
    if (peek() == '\r' || peek() == '\n') {
        return read_line_break(out, position_, true);
    }
    // A quote behind a backslash ends no raw string either.
    if (peek() == start.quote || peek() == '\\') out += text_[position_++];
    return true;
}

bool PythonReader::read_escape(std::string& out, bool bytes) {
    constexpr std::string_view names = "\\'\"abfnrtv";
    constexpr std::string_view meanings = "\\'\"\a\b\f\n\r\t\v";
    const char c = peek();
    if (at_end()) return true;
    if (const std::size_t index = names.find(c); index != std::string_view::npos) {
        out += meanings[index];
        ++position_;
        return true;
    }
    if (c == '\r' || c == '\n') {
        position_ += c == '\r' && peek(1) == '\n' ? 2 : 1;
        return true;
    }
    if (c >= '0' && c <= '7') {
        read_octal_escape(out, bytes);
        return true;
    }
    if (c == 'x') return read_hex_escape(out, bytes);
    if (!bytes && (c == 'u' || c == 'U')) return read_unicode_escape(out);
    if (!bytes && c == 'N') return fail_at(position_ - 1, "characters by name are not supported");
    out += '\\';
    return true;
}

void PythonReader::read_octal_escape(std::string& out, bool bytes) {
    unsigned code = 0;
    for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7'; ++i) {
        code = code * 8 + static_cast<unsigned>(text_[position_++] - '0');
    }
    if (bytes) {
        out += static_cast<char>(code & 0xFFU);
    } else {
        append_utf8(out, code);
    }
}

bool PythonReader::read_hex_escape(std::string& out, bool bytes) {
    char32_t code = 0;
    ++position_;
    if (!read_hex(2, code)) return false;
    if (bytes) {
        out += static_cast<char>(code);
    } else {
        append_utf8(out, code);
    }
    return true;
}

bool PythonReader::read_unicode_escape(std::string& out) {
    const std::size_t begin = position_ - 1;
    const int digits = text_[position_++] == 'u' ? 4 : 8;
    char32_t code = 0;
    if (!read_hex(digits, code)) return false;
    if (code > 0x10FFFF) return fail_at(begin, "there is no such character");
    if (code >= 0xD800 && code < 0xE000) return fail_at(begin, "half of a surrogate pair");
    append_utf8(out, code);
    return true;
}

Reading read_python(const CheckedText& text) {
    return PythonReader(text).read();
}

}  // namespace reel::warehouse::literal
