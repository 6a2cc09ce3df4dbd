#include "warehouse/types/moment.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "warehouse/types/ascii.hpp"
#include "warehouse/types/moment_scanner.hpp"

namespace reel::warehouse {

namespace {

std::unexpected<std::string> unlike() {
    return std::unexpected(std::string());
}

Parsed<std::chrono::microseconds> read_time(MomentScanner& scanner) {
    const auto hour = scanner.number(2, 2);
    if (!hour || !scanner.take(':')) return unlike();
    const auto minute = scanner.number(2, 2);
    if (!minute) return unlike();
    int second = 0;
    std::chrono::microseconds fraction(0);
    if (scanner.take(':')) {
        const auto seconds = scanner.number(2, 2);
        if (!seconds) return unlike();
        second = *seconds;
        if (scanner.take('.')) {
            const auto digits = scanner.fraction();
            if (!digits) return unlike();
            fraction = *digits;
        }
    }
    return make_time(*hour, *minute, second, fraction);
}

Parsed<std::chrono::sys_days> read_date(MomentScanner& scanner, int year) {
    const auto month = scanner.number(2, 2);
    if (!month || !scanner.take('-')) return unlike();
    const auto day = scanner.number(2, 2);
    if (!day) return unlike();
    return make_date(year, *month, *day);
}

}  // namespace

std::chrono::microseconds Moment::since_epoch() const {
    return date->time_since_epoch() + time.value_or(std::chrono::microseconds(0)) -
           zone_offset.value_or(std::chrono::minutes(0));
}

Parsed<Moment> parse_iso_moment(std::string_view text) {
    MomentScanner scanner(text);
    Moment moment;
    if (const auto year = scanner.number(4, 4); year && scanner.take('-')) {
        const auto date = read_date(scanner, *year);
        if (!date) return std::unexpected(date.error());
        moment.date = *date;
        if (scanner.at_end()) return moment;
        if (!scanner.take_any("Tt ")) return unlike();
    } else if (year) {
        return unlike();
    }
    const auto time = read_time(scanner);
    if (!time) return std::unexpected(time.error());
    moment.time = *time;
    scanner.skip_blanks();
    if (!scanner.at_end()) moment.zone_offset = scanner.zone();
    if (!scanner.at_end()) return unlike();
    return moment;
}

Parsed<std::chrono::microseconds> parse_epoch(
    std::string_view text, std::chrono::microseconds unit
) {
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view digits = text.substr(0, point);
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return unlike();
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
    const std::int64_t limit = std::numeric_limits<std::int64_t>::max() / 2 / unit.count();
    if (error != std::errc() || whole > limit) return std::unexpected("out of range");
    std::chrono::microseconds value = whole * unit;
    if (point < text.size()) {
        MomentScanner scanner(text.substr(point + 1));
        const auto fraction = scanner.fraction();
        if (!fraction || !scanner.at_end()) return unlike();
        constexpr std::int64_t micros_per_second = 1'000'000;
        value += std::chrono::microseconds(fraction->count() * unit.count() / micros_per_second);
    }
    return minus ? -value : value;
}

}  // namespace reel::warehouse
