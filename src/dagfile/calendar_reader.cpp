#include "calendar_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "reel/core/did_you_mean.hpp"
#include "values.hpp"

namespace reel::dagfile {
namespace {

using core::CalendarDelta;
using core::Errc;

constexpr double longest_time = 3.2e15;  // a century in microseconds

/// A part of time: what one of it is in microseconds.
struct TimeUnit {
    std::string_view name;
    double microseconds;
};
constexpr std::array time_units{
    TimeUnit{"hours", 3.6e9},
    TimeUnit{"minutes", 6e7},
    TimeUnit{"seconds", 1e6},
    TimeUnit{"microseconds", 1},
};

/// A whole number that is added.
struct Step {
    std::string_view name;
    long long most;
};
constexpr std::array steps{
    Step{"years", 9998},
    Step{"months", 119'976},
    Step{"weeks", 500'000},
    Step{"days", 3'500'000},
    Step{"leapdays", 366},
};

/// A field that is put in place.
struct Place {
    std::string_view name;
    int low;
    int high;
    std::optional<int> CalendarDelta::* field;
};
constexpr std::array places{
    Place{"year", 1, 9999, &CalendarDelta::year},
    Place{"month", 1, 12, &CalendarDelta::month},
    Place{"day", 1, 31, &CalendarDelta::day},
    Place{"hour", 0, 23, &CalendarDelta::hour},
    Place{"minute", 0, 59, &CalendarDelta::minute},
    Place{"second", 0, 59, &CalendarDelta::second},
    Place{"microsecond", 0, 999'999, &CalendarDelta::microsecond},
};
constexpr std::array<std::string_view, 7> weekdays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

std::unexpected<core::Error> mistake(const Entry& entry, std::string_view wanted) {
    return core::fail(
        Errc::invalid_argument,
        fmt::format("has '{}' as {}", entry.key, describe_value(entry.value)),
        fmt::format("{} takes {}", entry.key, wanted)
    );
}

/// dateutil's _fix: what is too large for its unit goes to the next larger one, towards nothing.
void normalise(CalendarDelta& delta, double time) {
    delta.years += delta.months / 12;
    delta.months %= 12;
    const core::Duration whole(std::llround(time));
    const auto days = std::chrono::duration_cast<std::chrono::days>(whole);
    delta.days += days.count();
    delta.time = whole - days;
}

class StepReader final {
  public:
    core::Result<core::Span> read(const Node& node) {
        for (const Entry& entry : node.entries) {
            if (entry.key == "__type__" || entry.value.is_null()) {
                continue;
            }
            if (auto taken = take(entry); !taken) {
                return std::unexpected(taken.error());
            }
        }
        normalise(delta_, time_);
        return delta_;
    }

  private:
    core::Result<void> take(const Entry& entry) {
        if (const auto* unit = find(time_units, entry.key)) {
            return take_time(entry, *unit);
        }
        if (const auto* step = find(steps, entry.key)) {
            return take_step(entry, *step);
        }
        if (const auto* place = find(places, entry.key)) {
            return take_place(entry, *place);
        }
        if (entry.key == "weekday") {
            return take_weekday(entry);
        }
        if (entry.key == "yearday" || entry.key == "nlyearday") {
            return take_day_of_year(entry);
        }
        return core::fail(
            Errc::invalid_argument,
            fmt::format("has '{}', which is no part of a relativedelta", entry.key),
            core::did_you_mean(entry.key, all_names())
        );
    }

    template <class Table>
    static const typename Table::value_type* find(const Table& table, std::string_view name) {
        const auto found = std::ranges::find(table, name, &Table::value_type::name);
        return found == table.end() ? nullptr : &*found;
    }

    static std::vector<std::string> all_names() {
        std::vector<std::string> names{"weekday", "yearday", "nlyearday"};
        for (const auto& unit : time_units) names.emplace_back(unit.name);
        for (const auto& step : steps) names.emplace_back(step.name);
        for (const auto& place : places) names.emplace_back(place.name);
        return names;
    }

    core::Result<void> take_time(const Entry& entry, const TimeUnit& unit) {
        const auto amount = entry.value.as_number();
        if (!amount || !(std::abs(*amount * unit.microseconds) <= longest_time)) {
            return mistake(entry, "a number, up to a century");
        }
        time_ += *amount * unit.microseconds;
        return {};
    }

    core::Result<void> take_step(const Entry& entry, const Step& step) {
        const auto amount = entry.value.as_integer();
        if (!amount || *amount > step.most || *amount < -step.most) {
            return mistake(entry, fmt::format("a whole number up to {}", step.most));
        }
        if (step.name == "years") delta_.years += static_cast<int>(*amount);
        if (step.name == "months") delta_.months += static_cast<int>(*amount);
        if (step.name == "weeks") delta_.days += 7 * *amount;
        if (step.name == "days") delta_.days += *amount;
        if (step.name == "leapdays") delta_.leap_days += static_cast<int>(*amount);
        return {};
    }

    core::Result<void> take_place(const Entry& entry, const Place& place) {
        const auto value = entry.value.as_integer();
        if (!value || *value < place.low || *value > place.high) {
            return mistake(entry, fmt::format("{} to {}", place.low, place.high));
        }
        delta_.*place.field = static_cast<int>(*value);
        return {};
    }

    /// 0 (Monday) to 6, "MO", "FR(-1)".
    core::Result<void> take_weekday(const Entry& entry) {
        constexpr std::string_view wanted = "0 (Monday) to 6, or MO to SU, or FR(-1), the last one";
        if (const auto number = entry.value.as_integer()) {
            if (*number < 0 || *number > 6) return mistake(entry, wanted);
            delta_.weekday = static_cast<int>(*number);
            return {};
        }
        std::string_view text = entry.value.text;
        const auto* const found = std::ranges::find(weekdays, text.substr(0, 2));
        if (!entry.value.is_text() || found == weekdays.end()) return mistake(entry, wanted);
        delta_.weekday = static_cast<int>(found - weekdays.begin());
        text.remove_prefix(2);
        if (text.empty()) return {};
        if (!text.starts_with('(') || !text.ends_with(')')) return mistake(entry, wanted);
        text = text.substr(1, text.size() - 2);
        text.remove_prefix(text.starts_with('+') ? 1 : 0);
        const Node number{.kind = NodeKind::integer, .text = std::string(text)};
        const auto nth = number.as_integer();
        if (!nth || *nth == 0 || std::abs(*nth) > 600) return mistake(entry, wanted);
        delta_.nth = static_cast<int>(*nth);
        return {};
    }

    /// dateutil's: `yearday` counts the 29th of February, `nlyearday` does not.
    core::Result<void> take_day_of_year(const Entry& entry) {
        const auto number = entry.value.as_integer();
        if (!number || *number < 1 || *number > 366) return mistake(entry, "1 to 366");
        if (entry.key == "yearday" && *number > 59) delta_.leap_days = -1;
        constexpr std::array ends{31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 366};
        const auto* const end = std::ranges::lower_bound(ends, static_cast<int>(*number));
        delta_.month = static_cast<int>(end - ends.begin()) + 1;
        delta_.day = static_cast<int>(*number) - (end == ends.begin() ? 0 : *(end - 1));
        return {};
    }

    CalendarDelta delta_;
    double time_ = 0;
};

}  // namespace

bool is_relativedelta(const Node& node) {
    return has_type(node, "dateutil.relativedelta.relativedelta") ||
           has_type(node, "relativedelta");
}

core::Result<core::Span> read_span(const Node& node) {
    if (is_relativedelta(node)) {
        return StepReader().read(node);
    }
    const core::Result<core::Duration> duration = read_duration(node);
    if (!duration) {
        return std::unexpected(duration.error());
    }
    return *duration;
}

}  // namespace reel::dagfile
