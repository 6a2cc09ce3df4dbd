#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <string>
#include <vector>

#include "cron.hpp"

namespace reel::core {

namespace {

constexpr std::array<std::string_view, 13> month_names{
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
};
constexpr std::array<std::string_view, 7> day_names{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
};
constexpr std::array<std::string_view, 6> ordinals{
    "", "first", "second", "third", "fourth", "fifth"
};

std::vector<unsigned> values_of(std::uint64_t bits) {
    std::vector<unsigned> values;
    for (; bits != 0; bits &= bits - 1) {
        values.push_back(static_cast<unsigned>(std::countr_zero(bits)));
    }
    return values;
}

/// "a", "a and b", "a, b and c".
std::string enumerate(const std::vector<std::string>& words) {
    if (words.size() < 2) return words.empty() ? "" : words.front();
    return fmt::format("{} and {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

bool is_run(const std::vector<unsigned>& values) {
    return values.size() > 2 && values.back() - values.front() + 1 == values.size();
}

/// Names one by one, or "Monday through Friday" for a run of three and more.
template <class ToWord>
std::string enumerate_values(std::uint64_t bits, ToWord to_word) {
    const std::vector<unsigned> values = values_of(bits);
    if (is_run(values)) {
        return fmt::format("{} through {}", to_word(values.front()), to_word(values.back()));
    }
    std::vector<std::string> words;
    words.reserve(values.size());
    for (const unsigned value : values) words.push_back(std::string(to_word(value)));
    return enumerate(words);
}

/// The step of "*/n": every n-th value from 0 on, two at least; 0 when the set is none of that
/// kind.
unsigned step_from_zero(std::uint64_t bits, unsigned count) {
    const std::vector<unsigned> values = values_of(bits);
    if (values.size() < 2 || values.front() != 0) return 0;
    const unsigned step = values[1];
    std::uint64_t expected = 0;
    for (unsigned value = 0; value < count; value += step) expected |= 1ULL << value;
    return expected == bits ? step : 0;
}

std::string plural(unsigned count, std::string_view noun) {
    return count == 1 ? fmt::format("Every {}", noun) : fmt::format("Every {} {}s", count, noun);
}

std::string describe_minutes(const CronFields& fields) {
    if (const unsigned step = step_from_zero(fields.minutes, 60); step != 0) {
        return plural(step, "minute");
    }
    const auto word = [](unsigned minute) { return std::to_string(minute); };
    return fmt::format("At {} minutes past the hour", enumerate_values(fields.minutes, word));
}

std::string describe_time(const CronFields& fields) {
    const std::vector<unsigned> hours = values_of(fields.hours);
    const std::vector<unsigned> minutes = values_of(fields.minutes);
    if (hours.size() * minutes.size() <= 6) {
        std::vector<std::string> times;
        for (const unsigned hour : hours) {
            for (const unsigned minute : minutes) {
                times.push_back(fmt::format("{:02}:{:02}", hour, minute));
            }
        }
        return "At " + enumerate(times);
    }
    const unsigned step = step_from_zero(fields.hours, 24);
    if (minutes == std::vector<unsigned>{0} && step != 0) return plural(step, "hour");
    if (fields.every_hour()) return describe_minutes(fields);
    if (step != 0) {
        return fmt::format("{}, every {} hours", describe_minutes(fields), step);
    }
    const auto word = [](unsigned hour) { return fmt::format("{:02}", hour); };
    return fmt::format(
        "{}, in the hours {}", describe_minutes(fields), enumerate_values(fields.hours, word)
    );
}

std::string describe_month_days(const CronFields& fields) {
    std::vector<std::string> parts;
    if (fields.days != 0) {
        const auto word = [](unsigned day) { return std::to_string(day); };
        parts.push_back(fmt::format(
            "on day{} {} of the month",
            std::popcount(fields.days) == 1 ? "" : "s",
            enumerate_values(fields.days, word)
        ));
    }
    if (fields.last_day) parts.emplace_back("on the last day of the month");
    return enumerate(parts);
}

std::string describe_weekdays(const CronFields& fields) {
    const auto name = [](unsigned day) { return day_names[day]; };
    std::vector<std::string> parts;
    if (fields.weekdays != 0) parts.push_back("on " + enumerate_values(fields.weekdays, name));
    for (std::size_t nth = 1; nth < ordinals.size(); ++nth) {
        if (fields.nth_weekdays[nth] == 0) continue;
        parts.push_back(fmt::format(
            "on the {} {} of the month",
            ordinals[nth],
            enumerate_values(fields.nth_weekdays[nth], name)
        ));
    }
    if (fields.last_weekdays != 0) {
        parts.push_back(
            fmt::format("on the last {} of the month", enumerate_values(fields.last_weekdays, name))
        );
    }
    return enumerate(parts);
}

}  // namespace

std::string describe_cron(std::string_view expression) {
    const auto fields = parse_cron(expression);
    if (!fields) return std::string(expression);
    std::string text = describe_time(*fields);
    if (fields->limits_days) text += ", " + describe_month_days(*fields);
    if (fields->limits_weekdays) {
        text += fields->limits_days ? " or " : ", ";
        text += describe_weekdays(*fields);
    }
    if (std::popcount(fields->months) != 12) {
        const auto name = [](unsigned month) { return month_names[month]; };
        text += ", in " + enumerate_values(fields->months, name);
    }
    return text;
}

}  // namespace reel::core
