#pragma once

#include <cstdint>

namespace reel::dataset {

/// SplitMix64: small, fast, and the same numbers everywhere, which std's distributions are not.
class Random final {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    /// 0 to bound - 1; `bound` must not be 0.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
    }
    /// In [0, 1).
    double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    bool chance(double probability) { return fraction() < probability; }
    template <class Container>
    const auto& pick(const Container& values) {
        return values[below(values.size())];
    }

  private:
    std::uint64_t state_;
};

}  // namespace reel::dataset
