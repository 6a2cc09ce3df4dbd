#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "warehouse/literal/number.hpp"
#include "warehouse/literal/python_reader.hpp"

namespace reel::warehouse::literal {

namespace {

/// The base that 0x, 0o or 0b announces; 0 for none.
int announced_base(char first, char second) {
    if (first != '0') return 0;
    switch (second) {
        case 'x':
        case 'X':
            return 16;
        case 'o':
        case 'O':
            return 8;
        case 'b':
        case 'B':
            return 2;
        default:
            return 0;
    }
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

/// Decimal digits with single underscores between them; none is fine.
bool PythonReader::read_digits(std::string& digits) {
    for (;;) {
        const std::size_t begin = position_;
        skip_digits();
        digits += text_.substr(begin, position_ - begin);
        if (peek() != '_' || position_ == begin) return true;
        if (peek(1) < '0' || peek(1) > '9') return fail("an underscore must stand between digits");
        ++position_;
    }
}

bool PythonReader::read_number(Value& out, bool negative) {
    if (announced_base(peek(), peek(1)) != 0) return read_based_integer(out, negative);
    const std::size_t begin = position_;
    std::string text;
    if (!read_digits(text)) return false;
    const bool leading_zero =
        text.size() > 1 && text.front() == '0' && text.find_first_not_of('0') != std::string::npos;
    bool whole = true;
    if (take('.')) {
        whole = false;
        std::string fraction;
        if (!read_digits(fraction)) return false;
        if (text.empty() && fraction.empty()) return fail_at(begin, "this is no Python literal");
        if (text.empty()) text = "0";
        text += '.' + (fraction.empty() ? "0" : fraction);
    }
    if (peek() == 'e' || peek() == 'E') {
        whole = false;
        ++position_;
        text += 'e';
        if (peek() == '+' || peek() == '-') text += text_[position_++];
        std::string exponent;
        if (!read_digits(exponent)) return false;
        if (exponent.empty()) return fail("an exponent needs a digit here");
        text += exponent;
    }
    if (peek() == 'j' || peek() == 'J') return fail("complex numbers fit no column");
    if (is_name_character(peek())) return fail("a number ends in letters");
    if (whole && leading_zero) return fail_at(begin, "a number must not begin with 0");
    text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
    if (text.front() == '.' || text.front() == 'e') text.insert(0, 1, '0');
    if (negative) text.insert(0, 1, '-');
    out = whole ? make_integer(std::move(text)) : make_decimal(std::move(text));
    return true;
}

bool PythonReader::read_based_integer(Value& out, bool negative) {
    const std::size_t begin = position_;
    const int base = announced_base(peek(), peek(1));
    position_ += 2;
    std::string digits;
    while (is_name_character(peek())) {
        const char c = text_[position_++];
        if (c != '_') {
            digits += c;
        } else if (!is_name_character(peek()) || peek() == '_') {
            return fail("an underscore must stand between digits");
        }
    }
    std::uint64_t value = 0;
    const char* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, value, base);
    if (error == std::errc::result_out_of_range) {
        return fail_at(begin, "an integer of this notation may have 64 bits");
    }
    if (error != std::errc() || end != last) return fail_at(begin, "this is no Python literal");
    out = make_integer((negative ? "-" : "") + std::to_string(value));
    return true;
}

}  // namespace reel::warehouse::literal
