#include "characters.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace reel::dagfile {
namespace {

/// How many bytes the UTF-8 sequence at the front has; 0 when it is broken.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80U) {
        return 1;
    }
    const std::size_t length = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
    if (first < 0xC2U || first > 0xF4U || text.size() < length) {
        return 0;
    }
    std::uint32_t point = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return 0;
        }
        point = (point << 6U) | (byte(i) & 0x3FU);
    }
    const bool is_overlong = (length == 3 && point < 0x800U) || (length == 4 && point < 0x10000U);
    const bool is_surrogate = point >= 0xD800U && point <= 0xDFFFU;
    return is_overlong || is_surrogate || point > 0x10FFFFU ? 0 : length;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20U && c != '\t' && c != '\n' && c != '\r') || byte == 0x7FU;
}

}  // namespace

std::optional<BadCharacter> find_bad_character(std::string_view text) {
    BadCharacter place;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text.substr(i));
        const auto byte = static_cast<unsigned char>(text[i]);
        if (length == 0) {
            place.message = fmt::format("the byte 0x{:02x} is not valid UTF-8", byte);
            return place;
        }
        if (is_control(text[i])) {
            place.message = fmt::format("the control character 0x{:02x} is not allowed", byte);
            return place;
        }
        place.column = text[i] == '\n' ? 1 : place.column + 1;
        place.line += text[i] == '\n' ? 1 : 0;
        i += length;
    }
    return std::nullopt;
}

}  // namespace reel::dagfile
