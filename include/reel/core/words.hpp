#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace reel::core {

/// The values of an enum and the words that stand for them in the API, the store and files.
template <class Value, std::size_t count>
using Words = std::array<std::pair<Value, std::string_view>, count>;

/// Empty for a value that the table lacks.
template <class Value, std::size_t count>
[[nodiscard]] constexpr std::string_view find_word(const Words<Value, count>& words, Value value) {
    const auto* const found =
        std::ranges::find(words, value, &std::pair<Value, std::string_view>::first);
    return found == words.end() ? std::string_view{} : found->second;
}

template <class Value, std::size_t count>
[[nodiscard]] constexpr std::optional<Value> find_value(
    const Words<Value, count>& words, std::string_view word
) {
    const auto* const found =
        std::ranges::find(words, word, &std::pair<Value, std::string_view>::second);
    if (found == words.end()) return std::nullopt;
    return found->first;
}

}  // namespace reel::core
