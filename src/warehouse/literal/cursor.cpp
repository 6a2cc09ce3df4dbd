#include "warehouse/literal/cursor.hpp"

#include "warehouse/types/ascii.hpp"
#include "warehouse/types/utf8.hpp"

namespace reel::warehouse::literal {

std::expected<CheckedText, Failure> CheckedText::check(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n\f") == std::string_view::npos) {
        return std::unexpected(Failure{0, "there is no value"});
    }
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        return std::unexpected(Failure{nul, "NUL"});
    }
    if (const auto invalid = find_invalid_utf8(text)) {
        return std::unexpected(Failure{*invalid, "invalid UTF-8"});
    }
    return CheckedText(text);
}

bool Cursor::read_hex(int digits, char32_t& code) {
    code = 0;
    for (int i = 0; i < digits; ++i) {
        const int digit = hex_value(peek());
        if (digit < 0) {
            return fail("this escape needs " + std::to_string(digits) + " hexadecimal digits");
        }
        code = code * 16 + static_cast<char32_t>(digit);
        ++position_;
    }
    return true;
}

std::size_t Cursor::skip_digits() {
    const std::size_t begin = position_;
    while (peek() >= '0' && peek() <= '9') ++position_;
    return position_ - begin;
}

}  // namespace reel::warehouse::literal
