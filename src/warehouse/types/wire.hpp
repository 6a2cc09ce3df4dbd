#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

namespace reel::warehouse {

/// Appends an integer in network order.
template <std::integral T>
void append_wire(std::string& out, T value) {
    const auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t shift = sizeof(T) * 8; shift > 0; shift -= 8) {
        out += static_cast<char>((bits >> (shift - 8)) & 0xFFU);
    }
}

/// Replaces an integer that was appended before.
template <std::integral T>
void replace_wire(std::string& out, std::size_t position, T value) {
    std::string bytes;
    append_wire(bytes, value);
    out.replace(position, bytes.size(), bytes);
}

}  // namespace reel::warehouse
