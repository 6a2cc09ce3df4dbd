#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "warehouse/types/ascii.hpp"

namespace reel::warehouse {

// Digits as numbers, up to eight at once. Eight bytes from any of a text's may be read, also behind
// its end.

inline constexpr std::array<std::uint64_t, 16> powers_of_ten = [] {
    std::array<std::uint64_t, 16> powers{};
    std::uint64_t power = 1;
    for (auto& each : powers) {
        each = power;
        power *= 10;
    }
    return powers;
}();

[[nodiscard]] inline std::uint64_t load_eight(const char* text) {
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    return std::endian::native == std::endian::big ? std::byteswap(word) : word;
}

[[nodiscard]] constexpr std::uint64_t every_byte(unsigned char byte) {
    return 0x0101010101010101U * byte;
}
inline constexpr std::uint64_t every_high_bit = every_byte(0x80);

/// A number of 1 to 8 digits, the first `size` bytes of a word, all at once: they are pushed to the
/// word's end, then added up in pairs, fours and eights.
[[nodiscard]] inline bool read_word(std::uint64_t word, std::size_t size, std::uint64_t& value) {
    const auto unused = static_cast<unsigned>(64 - 8 * size);
    word = (word << unused) ^ (every_byte('0') << unused);
    if ((((word + every_byte(0x76)) | word) & every_high_bit) != 0) return false;
    word = word * 10 + (word >> 8U);
    constexpr std::uint64_t fours = 0x000000FF000000FFU;
    const std::uint64_t high = (word & fours) * 0x000F424000000064U;
    const std::uint64_t low = ((word >> 16U) & fours) * 0x0000271000000001U;
    value = (high + low) >> 32U;
    return true;
}

[[nodiscard]] inline bool read_eight(const char* text, std::size_t size, std::uint64_t& value) {
    return read_word(load_eight(text), size, value);
}

/// 1 to 16 digits.
[[nodiscard]] inline bool read_digits(const char* text, std::size_t size, std::uint64_t& value) {
    if (size - 1 < 8) return read_eight(text, size, value);
    if (size - 1 >= 16) return false;
    std::uint64_t front = 0;
    if (!read_eight(text, size - 8, front) || !read_eight(text + size - 8, 8, value)) return false;
    value += front * 100'000'000;
    return true;
}

/// digits[.digits], at most 15 of them: digits / 10^scale.
struct PlainDecimal {
    bool minus = false;
    std::uint64_t digits = 0;
    std::size_t scale = 0;
};

/// Of at most eight characters: the point is taken out of the word.
[[nodiscard, gnu::always_inline]] inline bool read_short_decimal(
    std::string_view text, PlainDecimal& number
) {
    const std::uint64_t word = load_eight(text.begin());
    const std::uint64_t no_point = word ^ every_byte('.');
    const std::uint64_t points = (no_point - every_byte(1)) & ~no_point & every_high_bit;
    const auto point = static_cast<std::size_t>(std::countr_zero(points)) / 8;
    if (point >= text.size()) return read_word(word, text.size(), number.digits);
    number.scale = text.size() - 1 - point;
    if (point == 0 || number.scale == 0) return false;
    const std::uint64_t before = (1ULL << (8 * point)) - 1;
    const std::uint64_t joined = (word & before) | ((word >> 8U) & ~before);
    return read_word(joined, text.size() - 1, number.digits);
}

/// Of up to 16 characters.
[[nodiscard]] inline bool read_long_decimal(std::string_view text, PlainDecimal& number) {
    if (text.empty() || text.size() > 16 || !is_digit(text.front())) return false;
    std::size_t point = text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_digit(text[i])) {
            number.digits = number.digits * 10 + static_cast<std::uint64_t>(text[i] - '0');
        } else if (text[i] == '.' && point == text.size()) {
            point = i;
        } else {
            return false;
        }
    }
    if (point == text.size()) return text.size() < 16;
    number.scale = text.size() - point - 1;
    return number.scale > 0;
}

[[nodiscard, gnu::always_inline]] inline bool read_decimal(
    std::string_view text, PlainDecimal& number
) {
    number.minus = text.starts_with('-');
    text.remove_prefix(number.minus ? 1 : 0);
    return text.size() - 1 < 8 ? read_short_decimal(text, number) : read_long_decimal(text, number);
}

}  // namespace reel::warehouse
