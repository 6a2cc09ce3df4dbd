#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace reel::warehouse {

/// Counts different texts in fixed memory: exactly up to a limit, then it only knows that there are
/// more. Texts are kept as hashes of 64 bits, of which half a million collide once in a hundred
/// million files.
class DistinctValues final {
  public:
    explicit DistinctValues(std::size_t limit) : limit_(limit) {}

    /// Whether the text is new; also true when that cannot be known any more.
    bool add(std::string_view text) { return add_hash(hash(text)); }
    bool add_hash(std::uint64_t hash);
    [[nodiscard]] static std::uint64_t hash(std::string_view text);

    [[nodiscard]] bool is_exact() const { return !is_full_; }
    /// How many; the limit when there are more.
    [[nodiscard]] std::size_t count() const { return count_; }
    /// A text came twice; false says nothing when the count is not exact.
    [[nodiscard]] bool repeats() const { return repeats_; }

  private:
    void grow();
    /// Where the hash is, or would be.
    [[nodiscard]] std::size_t place_of(std::uint64_t hash) const;

    std::size_t limit_;
    std::size_t count_ = 0;
    bool is_full_ = false;
    bool repeats_ = false;
    std::vector<std::uint64_t> slots_;  ///< a power of two; 0 is a free one
};

}  // namespace reel::warehouse
