#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace reel::warehouse {

/// The bytes of an integer in network order.
template <std::integral T>
[[nodiscard]] constexpr std::array<char, sizeof(T)> to_wire(T value) {
    constexpr bool is_swapped = std::endian::native == std::endian::little;
    return std::bit_cast<std::array<char, sizeof(T)>>(is_swapped ? std::byteswap(value) : value);
}

template <std::integral T>
void append_wire(std::string& out, T value) {
    const auto bytes = to_wire(value);
    out.append(bytes.data(), bytes.size());
}

/// The integer at the front of `bytes`, which must be long enough.
template <std::integral T>
[[nodiscard]] T read_wire(std::string_view bytes) {
    std::array<char, sizeof(T)> raw = {};
    std::copy_n(bytes.begin(), raw.size(), raw.begin());
    const auto value = std::bit_cast<T>(raw);
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

/// Replaces an integer that was appended before.
template <std::integral T>
void replace_wire(std::string& out, std::size_t position, T value) {
    std::ranges::copy(to_wire(value), out.data() + position);
}

}  // namespace reel::warehouse
