#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace reel::warehouse {

/// Whole records of a file, in memory of its own. A line break and zeros follow the text, so that
/// it can be read in steps of 64 bytes.
struct TextBlock {
    static constexpr std::size_t padding = 64;

    std::unique_ptr<char[]>
        bytes;                 // NOLINT(modernize-avoid-c-arrays): nothing else leaves them unset
    std::size_t capacity = 0;  ///< without the padding
    std::size_t size = 0;
    std::uint64_t sequence = 0;  ///< of the file's blocks, from 0
    std::uint64_t offset = 0;    ///< in the file
    std::uint64_t first_line = 1;
    bool ends_in_quotes = false;  ///< the file ended before a quote did

    [[nodiscard]] std::string_view text() const { return {bytes.get(), size}; }
};

}  // namespace reel::warehouse
