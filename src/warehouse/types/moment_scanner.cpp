#include "warehouse/types/moment_scanner.hpp"

#include <algorithm>
#include <array>

#include "warehouse/types/ascii.hpp"

namespace reel::warehouse {

bool MomentScanner::take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
}

bool MomentScanner::take_any(std::string_view wanted) {
    if (rest_.empty() || wanted.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
}

void MomentScanner::skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

std::optional<int> MomentScanner::number(std::size_t min, std::size_t max) {
    int value = 0;
    std::size_t size = 0;
    while (size < max && size < rest_.size() && is_digit(rest_[size])) {
        value = value * 10 + (rest_[size] - '0');
        ++size;
    }
    if (size < min) return std::nullopt;
    rest_.remove_prefix(size);
    return value;
}

std::optional<std::chrono::microseconds> MomentScanner::fraction() {
    constexpr std::size_t kept = 6;
    std::size_t size = 0;
    int micros = 0;
    for (; size < rest_.size() && is_digit(rest_[size]); ++size) {
        if (size < kept) micros = micros * 10 + (rest_[size] - '0');
        if (size == kept && rest_[size] >= '5') ++micros;
    }
    if (size == 0) return std::nullopt;
    rest_.remove_prefix(size);
    for (; size < kept; ++size) micros *= 10;
    return std::chrono::microseconds(micros);
}

std::optional<std::chrono::minutes> MomentScanner::zone() {
    constexpr int max_hours = 15;
    const std::string_view before = rest_;
    if (take_any("Zz") || take_word("UTC")) return std::chrono::minutes(0);
    const bool west = rest_.starts_with('-');
    if (!take_any("+-")) return std::nullopt;
    const auto hours = number(2, 2);
    const bool colon = hours && take(':');
    const auto minutes = number(2, 2);
    const bool wrong =
        !hours || *hours > max_hours || minutes.value_or(0) > 59 || (colon && !minutes);
    if (wrong) {
        rest_ = before;
        return std::nullopt;
    }
    const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(minutes.value_or(0));
    return west ? -offset : offset;
}

std::optional<int> MomentScanner::month_name() {
    static constexpr std::array<std::string_view, 12> names = {
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december"
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (take_word(names[i]) || take_word(names[i].substr(0, 3))) return static_cast<int>(i) + 1;
    }
    return std::nullopt;
}

std::optional<int> MomentScanner::half_day() {
    if (take_word("am")) return 0;
    if (take_word("pm")) return 12;
    return std::nullopt;
}

bool MomentScanner::take_word(std::string_view word) {
    if (!equals_ignoring_case(rest_.substr(0, word.size()), word)) return false;
    rest_.remove_prefix(word.size());
    return true;
}

Parsed<std::chrono::microseconds> make_time(
    int hour, int minute, int second, std::chrono::microseconds fraction
) {
    const std::chrono::microseconds time = std::chrono::hours(hour) + std::chrono::minutes(minute) +
                                           std::chrono::seconds(second) + fraction;
    if (minute > 59 || second > 60 || time > std::chrono::hours(24)) {
        return std::unexpected("no such time");
    }
    return time;
}

Parsed<std::chrono::sys_days> make_date(int year, int month, int day) {
    const std::chrono::year_month_day date(
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day))
    );
    if (year == 0 || !date.ok()) return std::unexpected("no such date");
    return std::chrono::sys_days(date);
}

}  // namespace reel::warehouse
