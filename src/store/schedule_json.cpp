#include "schedule_json.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "task_json.hpp"

namespace reel::store {

using nlohmann::json;

namespace {

using core::CalendarDelta;
using core::Duration;
using core::Timestamp;
using Place = std::pair<const char*, std::optional<int> CalendarDelta::*>;

constexpr std::array<Place, 8> places{{
    {"year", &CalendarDelta::year},
    {"month", &CalendarDelta::month},
    {"day", &CalendarDelta::day},
    {"hour", &CalendarDelta::hour},
    {"minute", &CalendarDelta::minute},
    {"second", &CalendarDelta::second},
    {"microsecond", &CalendarDelta::microsecond},
    {"weekday", &CalendarDelta::weekday},
}};

json step_to_json(const CalendarDelta& step) {
    json to{
        {"years", step.years},
        {"months", step.months},
        {"days", step.days},
        {"leap_days", step.leap_days},
        {"time", step.time.count()},
        {"nth", step.nth}
    };
    for (const auto& [name, field] : places) {
        if (step.*field) to[name] = *(step.*field);
    }
    return to;
}

CalendarDelta step_from_json(const json& from) {
    CalendarDelta step;
    from.at("years").get_to(step.years);
    from.at("months").get_to(step.months);
    from.at("days").get_to(step.days);
    from.at("leap_days").get_to(step.leap_days);
    step.time = Duration(from.at("time").get<Duration::rep>());
    from.at("nth").get_to(step.nth);
    for (const auto& [name, field] : places) {
        if (from.contains(name)) step.*field = from.at(name).get<int>();
    }
    return step;
}

struct ToJson {
    json operator()(const core::NoSchedule& /*none*/) const { return {{"type", "none"}}; }
    json operator()(const core::OnceSchedule& /*once*/) const { return {{"type", "once"}}; }
    json operator()(const core::ContinuousSchedule& /*all*/) const {
        return {{"type", "continuous"}};
    }
    json operator()(const core::CronSchedule& cron) const {
        json to{{"type", "cron"}, {"expression", cron.expression}};
        if (!cron.others.empty()) to["others"] = cron.others;
        if (!cron.timezone.empty()) to["timezone"] = cron.timezone;
        return to;
    }
    json operator()(const core::DeltaSchedule& delta) const {
        return {{"type", "delta"}, {"every", delta.every.count()}};
    }
    json operator()(const core::CalendarSchedule& calendar) const {
        return {{"type", "calendar"}, {"every", step_to_json(calendar.every)}};
    }
    json operator()(const core::EventsSchedule& events) const {
        json at = json::array();
        for (const Timestamp moment : events.at) at.push_back(moment.time_since_epoch().count());
        return {{"type", "events"}, {"at", at}, {"description", events.description}};
    }
};

core::Schedule schedule_from_json(const json& from) {
    const auto type = from.at("type").get<std::string>();
    if (type == "cron") {
        return core::CronSchedule{
            .expression = from.at("expression").get<std::string>(),
            .others = from.value("others", std::vector<std::string>()),
            .timezone = from.value("timezone", std::string()),
        };
    }
    if (type == "delta") {
        return core::DeltaSchedule{micros_from_json<Duration>(from.at("every")).value()};
    }
    if (type == "calendar") return core::CalendarSchedule{step_from_json(from.at("every"))};
    if (type == "events") {
        core::EventsSchedule events;
        for (const json& at : from.at("at")) {
            events.at.push_back(micros_from_json<Timestamp>(at).value());
        }
        events.description = from.value("description", std::string());
        return events;
    }
    if (type == "once") return core::OnceSchedule{};
    if (type == "continuous") return core::ContinuousSchedule{};
    return core::NoSchedule{};
}

json dst_to_json(const core::DstPolicy& dst) {
    json to = json::object();
    if (dst.gap) to["gap"] = *dst.gap == core::GapRule::skip ? "skip" : "shift";
    if (dst.overlap) {
        to["overlap"] = *dst.overlap == core::OverlapRule::first  ? "first"
                        : *dst.overlap == core::OverlapRule::both ? "both"
                                                                  : "last";
    }
    return to;
}

core::DstPolicy dst_from_json(const json& from) {
    core::DstPolicy dst;
    if (from.contains("gap")) {
        dst.gap = from.at("gap") == "skip" ? core::GapRule::skip : core::GapRule::shift;
    }
    if (from.contains("overlap")) {
        dst.overlap = from.at("overlap") == "first"  ? core::OverlapRule::first
                      : from.at("overlap") == "both" ? core::OverlapRule::both
                                                     : core::OverlapRule::last;
    }
    return dst;
}

json intervals_to_json(const core::IntervalRule& rule) {
    const auto* step = std::get_if<CalendarDelta>(&rule.length);
    return {
        {"between_fires", rule.between_fires},
        {"length",
         step != nullptr ? step_to_json(*step) : json(std::get<Duration>(rule.length).count())}
    };
}

core::IntervalRule intervals_from_json(const json& from) {
    core::IntervalRule rule;
    from.at("between_fires").get_to(rule.between_fires);
    const json& length = from.at("length");
    if (length.is_object()) {
        rule.length = step_from_json(length);
    } else {
        rule.length = micros_from_json<Duration>(length).value();
    }
    return rule;
}

}  // namespace

void add_schedule(const core::Dag& dag, json& to) {
    to["schedule"] = std::visit(ToJson{}, dag.schedule);
    to["dst"] = dst_to_json(dag.dst);
    to["intervals"] = intervals_to_json(dag.intervals);
    to["schedule_jitter"] = dag.schedule_jitter.count();
    to["run_immediately"] = dag.run_immediately.count();
}

void read_schedule(const json& from, core::Dag& dag) {
    dag.schedule = schedule_from_json(from.at("schedule"));
    if (!from.contains("dst")) return;
    dag.dst = dst_from_json(from.at("dst"));
    dag.intervals = intervals_from_json(from.at("intervals"));
    dag.schedule_jitter = micros_from_json<Duration>(from.at("schedule_jitter")).value();
    dag.run_immediately = micros_from_json<Duration>(from.at("run_immediately")).value();
}

}  // namespace reel::store
