#include <fmt/format.h>

#include <vector>

#include "calendar_delta.hpp"
#include "cron.hpp"
#include "reel/core/schedule.hpp"

namespace reel::core {

namespace {

using std::chrono::floor;
using std::chrono::minutes;

template <class... Cases>
struct Overload : Cases... {
    using Cases::operator()...;
};

/// Python's str(timedelta): "0:05:00", "1 day, 0:00:00".
std::string python_timedelta(Duration duration) {
    const auto days = floor<std::chrono::days>(duration);
    const std::chrono::hh_mm_ss clock(duration - days);
    std::string text;
    if (days.count() != 0) {
        text = fmt::format("{} day{}, ", days.count(), days.count() == 1 ? "" : "s");
    }
    text += fmt::format(
        "{}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(), clock.seconds().count()
    );
    if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
    return text;
}

std::string describe_delta(Duration every) {
    const auto days = floor<std::chrono::days>(every);
    if (every == days) {
        return days.count() == 1 ? "Every day" : fmt::format("Every {} days", days.count());
    }
    const auto hours = floor<std::chrono::hours>(every);
    if (every == hours) {
        return hours.count() == 1 ? "Every hour" : fmt::format("Every {} hours", hours.count());
    }
    const auto whole = floor<minutes>(every);
    if (every == whole && whole < std::chrono::hours(1)) {
        return whole.count() == 1 ? "Every minute" : fmt::format("Every {} minutes", whole.count());
    }
    return "Every " + format_duration(every);
}

/// What `word` makes of each expression, one behind the other.
template <class ToText>
std::string join_expressions(const CronSchedule& cron, std::string_view separator, ToText to_text) {
    std::string text = to_text(cron.expression);
    for (const std::string& other : cron.others) {
        text += separator;
        text += to_text(other);
    }
    return text;
}

std::string describe_crons(const CronSchedule& cron) {
    std::string text = join_expressions(cron, "; ", [](const std::string& expression) {
        return describe_cron(expand_preset(expression));
    });
    return cron.timezone.empty() ? text : fmt::format("{} ({})", text, cron.timezone);
}

std::string count_events(const EventsSchedule& events) {
    return fmt::format("{} event{}", events.at.size(), events.at.size() == 1 ? "" : "s");
}

std::string describe_events(const EventsSchedule& events) {
    if (!events.description.empty()) return events.description;
    if (events.at.empty()) return "No events";
    if (events.at.size() == 1) return "Once at " + format_iso(events.at.front());
    return fmt::format(
        "{} between {} and {}",
        count_events(events),
        format_iso(events.at.front()),
        format_iso(events.at.back())
    );
}

}  // namespace

std::string describe_schedule(const Schedule& schedule) {
    return std::visit(
        Overload{
            [](const NoSchedule&) { return std::string("Never, external triggers only"); },
            [](const OnceSchedule&) { return std::string("Once"); },
            [](const ContinuousSchedule&) {
                return std::string("As frequently as possible, but only one run at a time");
            },
            [](const CronSchedule& cron) { return describe_crons(cron); },
            [](const DeltaSchedule& delta) { return describe_delta(delta.every); },
            [](const CalendarSchedule& calendar) { return describe(calendar.every); },
            [](const EventsSchedule& events) { return describe_events(events); },
        },
        schedule
    );
}

std::string summarize_schedule(const Schedule& schedule) {
    return std::visit(
        Overload{
            [](const NoSchedule&) { return std::string("None"); },
            [](const OnceSchedule&) { return std::string("@once"); },
            [](const ContinuousSchedule&) { return std::string("@continuous"); },
            [](const CronSchedule& cron) {
                return join_expressions(cron, ", ", [](const std::string& text) { return text; });
            },
            [](const DeltaSchedule& delta) { return python_timedelta(delta.every); },
            [](const CalendarSchedule& calendar) { return python_text(calendar.every); },
            [](const EventsSchedule& events) {
                return events.description.empty() ? count_events(events) : events.description;
            },
        },
        schedule
    );
}

std::string describe_timetable(const Dag& dag) {
    if (!dag.asset_condition) return describe_schedule(dag.schedule);
    std::string assets = "Triggered by assets";
    if (std::holds_alternative<NoSchedule>(dag.schedule)) return assets;
    return assets + " or " + describe_schedule(dag.schedule);
}

std::string summarize_timetable(const Dag& dag) {
    if (!dag.asset_condition) return summarize_schedule(dag.schedule);
    if (std::holds_alternative<NoSchedule>(dag.schedule)) return "Asset";
    return "Asset or " + summarize_schedule(dag.schedule);
}

bool is_scheduled(const Dag& dag) {
    return dag.asset_condition || !std::holds_alternative<NoSchedule>(dag.schedule);
}

}  // namespace reel::core
