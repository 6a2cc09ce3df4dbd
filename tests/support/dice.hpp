#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace reel::scheduler {

/// Chance that comes out the same for the same seed on every machine (the standard's distributions
/// do not).
class Dice final {
  public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}

    /// In [0, count).
    [[nodiscard]] int below(int count) {
        return static_cast<int>(engine_() % static_cast<std::uint32_t>(count));
    }
    [[nodiscard]] bool one_in(int count) { return below(count) == 0; }
    template <class List>
    [[nodiscard]] const auto& pick(const List& list) {
        return list[static_cast<std::size_t>(below(static_cast<int>(list.size())))];
    }

  private:
    std::mt19937 engine_;
};

}  // namespace reel::scheduler
