#include "warehouse/types/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace reel::warehouse {

namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080U;
constexpr std::uint64_t low_bits = 0x0101010101010101U;

std::uint64_t load_word(const char* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// Range of the second byte, and how many bytes follow the first; none when nothing may follow it.
struct Lead {
    std::size_t following = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};

std::optional<Lead> classify_lead(unsigned char lead) {
    if (lead < 0xC2 || lead > 0xF4) return std::nullopt;
    if (lead < 0xE0) return Lead{.following = 1};
    if (lead == 0xE0) return Lead{.following = 2, .low = 0xA0};
    if (lead == 0xED) return Lead{.following = 2, .high = 0x9F};
    if (lead < 0xF0) return Lead{.following = 2};
    if (lead == 0xF0) return Lead{.following = 3, .low = 0x90};
    if (lead == 0xF4) return Lead{.following = 3, .high = 0x8F};
    return Lead{.following = 3};
}

/// Length of the well-formed character at the front; 0 when there is none.
std::size_t measure_character(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return 1;
    const auto lead = classify_lead(byte(0));
    if (!lead || text.size() <= lead->following) return 0;
    if (byte(1) < lead->low || byte(1) > lead->high) return 0;
    for (std::size_t i = 2; i <= lead->following; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    return lead->following + 1;
}

}  // namespace

bool is_plain_ascii(std::string_view text) {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        const std::uint64_t word = load_word(text.data() + i);
        // The middle term has a byte's high bit where the byte is 0 (or high, which counts as
        // well).
        if (((word | (word - low_bits)) & high_bits) != 0) return false;
    }
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), [](char c) {
        return c > 0;
    });
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        if (i + 8 <= text.size() && (load_word(text.data() + i) & high_bits) == 0) {
            i += 8;
            continue;
        }
        const std::size_t size = measure_character(text.substr(i));
        if (size == 0) return i;
        i += size;
    }
    return std::nullopt;
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

void append_utf8(std::string& out, char32_t code_point) {
    const auto tail = [code_point](unsigned shift) {
        return static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU));
    };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        out += static_cast<char>(0xC0U | (code_point >> 6U));
        out += tail(0);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xE0U | (code_point >> 12U));
        out += tail(6);
        out += tail(0);
    } else {
        out += static_cast<char>(0xF0U | (code_point >> 18U));
        out += tail(12);
        out += tail(6);
        out += tail(0);
    }
}

}  // namespace reel::warehouse
