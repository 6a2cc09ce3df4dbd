#include "timetable_shapes.hpp"

#include <algorithm>
#include <utility>

#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

ShapePtr dates_shape() {
    return either({list_of(date()), date()});
}

Field zone_field() {
    return optional("timezone", text(check_timezone), "its fields are read in it; the DAG's");
}

Field interval_field() {
    return optional("interval", span(), "length of the data interval before a fire; none");
}

Field immediately_field() {
    return optional(
        "run_immediately",
        either({boolean(), duration()}),
        "without start_date: whether the fire before now counts, or how recent it must be"
    );
}

ShapePtr class_shape(const std::string& name, std::vector<Field> own) {
    std::vector<Field> fields{required("__type__", text(), name)};
    std::ranges::move(own, std::back_inserter(fields));
    return object(std::move(fields), name);
}

std::vector<TimetableClass> declare_classes() {
    const Field cron = required("cron", text(check_cron), "when it fires");
    const Field crons =
        required("crons", list_of(text(check_cron), true), "it fires when any of them does");
    const Field delta = required("delta", span(), "from one fire to the next");
    std::vector<TimetableClass> classes;
    const auto add = [&](const std::string& name, std::vector<Field> fields, bool all = false) {
        const std::string first = fields.front().name;
        classes.push_back({name, class_shape(name, std::move(fields)), first, all});
    };
    add("CronTriggerTimetable", {cron, zone_field(), interval_field(), immediately_field()});
    add("MultipleCronTriggerTimetable",
        {crons, zone_field(), interval_field(), immediately_field()},
        true);
    add("CronDataIntervalTimetable", {cron, zone_field()});
    add("DeltaTriggerTimetable", {delta, interval_field()});
    add("DeltaDataIntervalTimetable", {delta});
    add("EventsTimetable",
        {required("event_dates", dates_shape(), "when runs are due"),
         planned("restrict_to_events", {"false"}),
         descriptive("presorted", "Airflow's; events are sorted anyway"),
         optional("description", text(), "what it is called")});
    return classes;
}

}  // namespace

const std::vector<TimetableClass>& timetable_classes() {
    static const std::vector<TimetableClass> classes = declare_classes();
    return classes;
}

const TimetableClass* find_timetable_class(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    const bool is_airflows = dot == std::string_view::npos ||
                             path.starts_with("airflow.timetables.") ||
                             path.starts_with("airflow.sdk.");
    const std::string_view name = dot == std::string_view::npos ? path : path.substr(dot + 1);
    const auto found = std::ranges::find(timetable_classes(), name, &TimetableClass::name);
    return is_airflows && found != timetable_classes().end() ? &*found : nullptr;
}

const Shape& moments_shape() {
    static const ShapePtr shape = object(
        {required("at", dates_shape(), "when runs are due: a date, or a list of them"),
         optional("description", text(), "what it is called")},
        "moments"
    );
    return *shape;
}

}  // namespace reel::dagfile
