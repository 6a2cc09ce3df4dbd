#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "warehouse/types/moment.hpp"

namespace reel::warehouse {

/// Reads the parts of dates and times from the front of a text to its end. A function that finds
/// something else leaves the text as it was.
class MomentScanner {
  public:
    explicit MomentScanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] bool take(char wanted);
    [[nodiscard]] bool take_any(std::string_view wanted);
    void skip_blanks();
    /// A number of `min` to `max` digits.
    [[nodiscard]] std::optional<int> number(std::size_t min, std::size_t max);
    /// Digits behind a decimal point, as microseconds, rounded.
    [[nodiscard]] std::optional<std::chrono::microseconds> fraction();
    /// Z, UTC or ±HH[[:]MM].
    [[nodiscard]] std::optional<std::chrono::minutes> zone();
    /// An English month, whole or its first three letters; 1 to 12.
    [[nodiscard]] std::optional<int> month_name();
    /// AM is 0, PM is 12.
    [[nodiscard]] std::optional<int> half_day();

  private:
    [[nodiscard]] bool take_word(std::string_view word);
    std::string_view rest_;
};

/// Hours, minutes and seconds (60 is a leap second, 24:00:00 the end of the day).
[[nodiscard]] Parsed<std::chrono::microseconds> make_time(
    int hour, int minute, int second, std::chrono::microseconds fraction
);

[[nodiscard]] Parsed<std::chrono::sys_days> make_date(int year, int month, int day);

}  // namespace reel::warehouse
