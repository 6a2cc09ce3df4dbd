#include "warehouse/source/separators.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace reel::warehouse {

namespace {

constexpr std::size_t step = 64;

// Clang turns these into whatever the target has: four SSE2 or two AVX2 registers, or NEON's.
using Bytes [[gnu::vector_size(step)]] = signed char;
using Flags = bool __attribute__((ext_vector_type(step)));

// Vectors are in no signature: how they are passed depends on the target.
[[gnu::always_inline]] inline std::uint64_t bits_equal(const char* at, char wanted) {
    Bytes bytes;
    std::memcpy(&bytes, at, step);
    const auto equal = bytes == static_cast<signed char>(wanted);
    return std::bit_cast<std::uint64_t>(__builtin_convertvector(equal, Flags));
}

/// Those that are NUL or not ASCII.
[[gnu::always_inline]] inline std::uint64_t bits_special(const char* at) {
    Bytes bytes;
    std::memcpy(&bytes, at, step);
    const auto special = bytes <= static_cast<signed char>(0);
    return std::bit_cast<std::uint64_t>(__builtin_convertvector(special, Flags));
}

/// Each bit is the parity of the bits up to it.
[[gnu::always_inline]] inline std::uint64_t prefix_parity(std::uint64_t word) {
    for (unsigned shift = 1; shift < step; shift *= 2) word ^= word << shift;
    return word;
}

/// Positions of the bits. More than there are may be written: up to the next multiple of eight.
[[gnu::always_inline]] inline std::size_t list_bits(
    std::uint64_t word, std::size_t base, std::uint32_t* into
) {
    const auto count = static_cast<std::size_t>(std::popcount(word));
    for (std::size_t i = 0; i < count; i += 8) {
        for (std::size_t j = 0; j < 8; ++j) {
            into[i + j] = static_cast<std::uint32_t>(base + std::countr_zero(word));
            word &= word - 1;
        }
    }
    return count;
}

#if defined(__x86_64__)
#define REEL_WIDE __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
bool is_wide() {
    static const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                             __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    return wide;
}
#else
#define REEL_WIDE
bool is_wide() {
    return false;
}
#endif

struct Masks {
    std::uint64_t quotes = 0;
    std::uint64_t separators = 0;  ///< delimiters, CR and LF
};

/// Takes what is inside quotes out of the separators; false when a quote is out of place.
[[gnu::always_inline]] inline bool leave_quoted(
    SeparatorState& state, Masks& masks, std::uint64_t valid
) {
    const std::uint64_t inside = prefix_parity(masks.quotes) ^ state.inside;
    const std::uint64_t opening = masks.quotes & inside;
    const std::uint64_t closing = masks.quotes & ~inside;
    const std::uint64_t outside = masks.separators & ~inside;
    const std::uint64_t behind_closing = (closing << 1U) | state.after_quote;
    const std::uint64_t may_open = (outside << 1U) | state.after_separator | behind_closing;
    const std::uint64_t may_follow = masks.separators | masks.quotes | ~valid;
    if (((opening & ~may_open) | (behind_closing & ~may_follow)) != 0) return false;
    masks.separators = outside;
    state.inside = 0 - (inside >> 63U);
    state.after_quote = closing >> 63U;
    return true;
}

[[gnu::always_inline]] inline bool find_by(
    SeparatorState& carried, const char* text, std::size_t from, std::size_t to, CellEnds& ends
) {
    SeparatorState state = carried;
    std::uint32_t* const into = ends.room(to - from + step);
    std::size_t count = 0;
    std::uint64_t special = 0;
    for (std::size_t at = from; at < to; at += step) {
        const std::size_t left = to - at;
        const std::uint64_t valid = left >= step ? ~0ULL : (1ULL << left) - 1;
        const std::uint64_t cr = bits_equal(text + at, '\r') & valid;
        const std::uint64_t lf = bits_equal(text + at, '\n') & valid;
        Masks masks = {
            .quotes = state.quote == '\0' ? 0 : bits_equal(text + at, state.quote) & valid,
            .separators = (bits_equal(text + at, state.delimiter) & valid) | cr | lf
        };
        special |= bits_special(text + at) & valid;
        const bool quoted = (masks.quotes | state.inside | state.after_quote) != 0;
        if (quoted && !leave_quoted(state, masks, valid)) return false;
        const std::uint64_t ending_cr = cr & masks.separators;
        const std::uint64_t second_of_crlf = lf & ((ending_cr << 1U) | state.after_cr);
        state.after_cr = ending_cr >> 63U;
        state.after_separator = masks.separators >> 63U;
        count += list_bits(masks.separators & ~second_of_crlf, at, into + count);
    }
    state.plain = special == 0;
    carried = state;
    ends.added(count);
    return true;
}

[[gnu::always_inline]] inline std::uint64_t count_by(const char* text, std::size_t size) {
    std::uint64_t count = 0;
    std::uint64_t after_cr = 0;
    for (std::size_t at = 0; at < size; at += step) {
        const std::size_t left = size - at;
        const std::uint64_t valid = left >= step ? ~0ULL : (1ULL << left) - 1;
        const std::uint64_t cr = bits_equal(text + at, '\r') & valid;
        const std::uint64_t lf = bits_equal(text + at, '\n') & valid;
        count += static_cast<std::uint64_t>(std::popcount(cr | (lf & ~((cr << 1U) | after_cr))));
        after_cr = cr >> 63U;
    }
    return count;
}

bool find_narrow(
    SeparatorState& state, const char* text, std::size_t from, std::size_t to, CellEnds& ends
) {
    return find_by(state, text, from, to, ends);
}
REEL_WIDE bool find_wide(
    SeparatorState& state, const char* text, std::size_t from, std::size_t to, CellEnds& ends
) {
    return find_by(state, text, from, to, ends);
}
std::uint64_t count_narrow(const char* text, std::size_t size) {
    return count_by(text, size);
}
REEL_WIDE std::uint64_t count_wide(const char* text, std::size_t size) {
    return count_by(text, size);
}

}  // namespace

std::uint32_t* CellEnds::room(std::size_t most) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ + most > capacity_) {
        const std::size_t kept = end_ - begin_;
        const std::size_t capacity = std::max(capacity_, 2 * kept + most);
        auto moved = std::make_unique_for_overwrite<std::uint32_t[]>(capacity);  // NOLINT
        std::copy_n(positions_.get() + begin_, kept, moved.get());
        positions_ = std::move(moved);
        capacity_ = capacity;
        begin_ = 0;
        end_ = kept;
    }
    return positions_.get() + end_;
}

bool SeparatorFinder::find(const char* text, std::size_t from, std::size_t to, CellEnds& ends) {
    return is_wide() ? find_wide(state_, text, from, to, ends)
                     : find_narrow(state_, text, from, to, ends);
}

std::uint64_t count_line_ends(const char* text, std::size_t size) {
    return is_wide() ? count_wide(text, size) : count_narrow(text, size);
}

}  // namespace reel::warehouse
