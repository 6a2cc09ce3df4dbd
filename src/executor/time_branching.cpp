// Airflow's BranchDayOfWeekOperator and BranchDateTimeOperator.

#include "time_branching.hpp"

#include <optional>
#include <string>

#include "context.hpp"
#include "reel/core/time_of_day.hpp"

namespace reel::executor {

namespace {

core::Result<bool> is_on_weekday(
    const Json& wanted, core::Timestamp moment, const std::string& zone
) {
    const auto today = core::iso_weekday(moment, zone);
    if (!today) {
        return std::unexpected(today.error());
    }
    bool is_one = false;
    for (const Json& each : wanted.is_array() ? wanted : Json::array({wanted})) {
        const std::string name = each.is_string() ? each.get<std::string>() : dump(each);
        const auto day = core::parse_weekday(name);
        if (!day) {
            return std::unexpected(day.error());
        }
        is_one = is_one || *day == *today;
    }
    return is_one;
}

struct Bound {
    core::Timestamp at;
    std::optional<core::Duration> time_of_day;  ///< none: the moment was given
};

core::Result<std::optional<Bound>> read_bound(
    const Json& args, const char* name, core::Timestamp moment, const std::string& zone
) {
    const std::string text = text_of(args, name);
    if (text.empty()) {
        return std::nullopt;
    }
    const auto time = core::parse_time_of_day(text);
    const auto at =
        time ? core::at_time_of_day(moment, *time, zone) : core::parse_timestamp(text, zone);
    if (!at) {
        return std::unexpected(at.error());
    }
    return Bound{.at = *at, .time_of_day = time ? std::optional(*time) : std::nullopt};
}

/// As in Airflow: until two o'clock, from ten on, is tomorrow's two o'clock. Two times of the day
/// are compared as they are written, whatever the wall of that day shows.
bool is_of_next_day(const Bound& upper, const Bound& lower) {
    if (upper.time_of_day && lower.time_of_day) {
        return *upper.time_of_day < *lower.time_of_day;
    }
    return (upper.time_of_day || lower.time_of_day) && upper.at < lower.at;
}

core::Result<bool> is_between(const Json& args, core::Timestamp moment, const std::string& zone) {
    const auto lower = read_bound(args, "target_lower", moment, zone);
    if (!lower) {
        return std::unexpected(lower.error());
    }
    auto upper = read_bound(args, "target_upper", moment, zone);
    if (!upper) {
        return std::unexpected(upper.error());
    }
    if (*lower && *upper && is_of_next_day(**upper, **lower)) {
        const auto next_day = core::one_day_later((*upper)->at, zone);
        if (!next_day) {
            return std::unexpected(next_day.error());
        }
        (*upper)->at = *next_day;
    }
    return (!*lower || (*lower)->at <= moment) && (!*upper || moment <= (*upper)->at);
}

}  // namespace

bool branches_by_time(const core::Task& task) {
    return task.operator_name == "branch.day_of_week" || task.operator_name == "branch.datetime";
}

core::Result<bool> is_at_named_time(
    const scheduler::AttemptOrder& order, const Json& args, core::Timestamp now
) {
    const bool asks_for_run = args.value("use_task_logical_date", Json(false)) == Json(true);
    const core::Timestamp moment = asks_for_run ? template_date(order.run) : now;
    const std::string& zone = order.dag->timezone;
    if (order.task().operator_name == "branch.datetime") {
        return is_between(args, moment, zone);
    }
    return is_on_weekday(args.value("week_day", Json()), moment, zone);
}

}  // namespace reel::executor
