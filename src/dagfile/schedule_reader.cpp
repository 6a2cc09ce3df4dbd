#include "schedule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asset_reader.hpp"
#include "asset_shapes.hpp"
#include "calendar_reader.hpp"
#include "reel/core/ascii.hpp"
#include "reel/core/schedule.hpp"
#include "timetable_shapes.hpp"

namespace reel::dagfile {
namespace {

using core::CalendarDelta;
using core::Duration;

constexpr std::string_view forms =
    "a cron expression, a preset like @daily, none, @once, @continuous, a duration, a list of cron "
    "expressions, {at: date}, assets or one of Airflow's timetables";

/// As for dag-factory, blanks around it do not count.
bool is_no_schedule(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    text = text.substr(begin, text.find_last_not_of(' ') - begin + 1);
    return text == "none" || text == "None";
}

/// __args__ under the name that they have for the class.
Node with_named_arguments(const Node& node, const TimetableClass& kind) {
    const Entry* arguments = node.find_entry("__args__");
    if (arguments == nullptr || !arguments->value.is_list() || arguments->value.items.empty()) {
        return node;
    }
    const bool is_one = !kind.takes_all_arguments && arguments->value.items.size() == 1;
    if (!is_one && !kind.takes_all_arguments) {
        return node;
    }
    Node named = node;
    std::erase_if(named.entries, [](const Entry& entry) { return entry.key == "__args__"; });
    Node value = is_one ? arguments->value.items.front() : arguments->value;
    named.entries.push_back({kind.first_argument, arguments->at, std::move(value)});
    return named;
}

class ScheduleReader final {
  public:
    ScheduleReader(const DateContext& context, const Subject& subject, Diagnostics& diagnostics)
        : context_(context), subject_(subject), diagnostics_(diagnostics) {}

    ScheduleForm read(const Node& node) {
        if (stands_for_assets(node)) {
            return read_assets(node);
        }
        if (node.is_text()) {
            return read_text(node);
        }
        if (node.is_list()) {
            return read_list(node);
        }
        if (node.is_map()) {
            return read_map(node);
        }
        if (node.as_number()) {
            return read_delta(node);
        }
        return refuse(
            node,
            fmt::format("must be a schedule, not {}", describe_value(node)),
            std::string(forms)
        );
    }

  private:
    ScheduleForm refuse(const Node& node, const std::string& message, std::string hint = {}) {
        diagnostics_.add(
            node.at, fmt::format("{} {}", subject_.describe(), message), std::move(hint)
        );
        return {};
    }

    ScheduleForm read_assets(const Node& node) {
        const Node* type = node.find("__type__");
        const bool or_time = type != nullptr && is_asset_class(type->text, "OrTimeSchedule");
        const auto has = [&](const char* key) { return node.find(key) != nullptr; };
        if (!or_time && !has("assets") && !has("datasets") && !has("timetable")) {
            return {.assets = read_asset_expression(node, subject_, diagnostics_)};
        }
        check_shape(node, asset_schedule_shape(), subject_, diagnostics_);
        ScheduleForm form;
        if (const Node* timetable = node.find_value("timetable")) {
            form = read_times(*timetable);
        } else if (or_time) {
            refuse(node, "lacks 'timetable'");
        }
        if (const Node* assets = find_value(node, *asset_schedule_shape().find_field("assets"))) {
            form.assets = read_asset_expression(*assets, subject_.below("assets"), diagnostics_);
        }
        return form;
    }

    /// The half of an asset-or-time schedule that is not about assets.
    ScheduleForm read_times(const Node& node) {
        const Subject below = subject_.below("timetable");
        ScheduleReader reader(context_, below, diagnostics_);
        return stands_for_assets(node) ? reader.refuse(node, "must be times, not assets")
                                       : reader.read(node);
    }

    ScheduleForm read_text(const Node& node) {
        if (is_no_schedule(node.text)) {
            return {};
        }
        const std::string_view word = core::trim(node.text);
        if (word == "@once") {
            return {.schedule = core::OnceSchedule{}};
        }
        if (word == "@continuous") {
            return {.schedule = core::ContinuousSchedule{}};
        }
        if (core::parse_duration(node.text)) {
            return read_delta(node);
        }
        const auto valid = core::validate_cron(node.text);
        if (!valid) {
            return refuse(
                node, fmt::format("is not valid: {}", valid.error().message), valid.error().hint
            );
        }
        return {.schedule = core::CronSchedule{core::expand_preset(node.text)}};
    }

    ScheduleForm read_list(const Node& node) {
        if (node.items.empty()) {
            return refuse(node, "must not be empty");
        }
        std::vector<std::string> expressions;
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const Node& item = node.items[i];
            const auto valid = core::validate_cron(item.is_text() ? item.text : "");
            if (!valid) {
                const Subject below = subject_.below(std::to_string(i + 1));
                diagnostics_.add(
                    item.at,
                    fmt::format(
                        "{} must be a cron expression, not {}",
                        below.describe(),
                        describe_value(item)
                    ),
                    valid.error().hint
                );
                continue;
            }
            expressions.push_back(core::expand_preset(item.text));
        }
        return crons(std::move(expressions));
    }

    static ScheduleForm crons(std::vector<std::string> expressions) {
        if (expressions.empty()) {
            return {};
        }
        core::CronSchedule cron{std::move(expressions.front())};
        cron.others.assign(
            std::make_move_iterator(expressions.begin() + 1),
            std::make_move_iterator(expressions.end())
        );
        return {.schedule = std::move(cron)};
    }

    ScheduleForm read_map(const Node& node) {
        const Node* type = node.find("__type__");
        if (type == nullptr) {
            return read_moments(node);
        }
        if (is_relativedelta(node) || has_type(node, "datetime.timedelta")) {
            return read_delta(node);
        }
        if (const TimetableClass* kind = find_timetable_class(type->text)) {
            return read_timetable(with_named_arguments(node, *kind), *kind);
        }
        return refuse(
            node, fmt::format("is a '{}', which is not supported", type->text), std::string(forms)
        );
    }

    /// Seconds, a timedelta or a relativedelta; one without calendar is a timedelta.
    ScheduleForm read_delta(const Node& node) {
        const auto span = read_span(node);
        if (!span) {
            return refuse(node, span.error().message, span.error().hint);
        }
        if (const auto* calendar = std::get_if<CalendarDelta>(&*span)) {
            if (*calendar != CalendarDelta{.time = calendar->time}) {
                const auto valid = core::validate_step(*calendar);
                return valid ? ScheduleForm{.schedule = core::CalendarSchedule{*calendar}}
                             : refuse(node, "stands still: " + valid.error().message);
            }
        }
        const auto* duration = std::get_if<Duration>(&*span);
        const Duration every =
            duration != nullptr ? *duration : std::get<CalendarDelta>(*span).time;
        if (every <= Duration::zero()) {
            return refuse(node, "must be longer than nothing");
        }
        return {.schedule = core::DeltaSchedule{every}};
    }

    ScheduleForm read_moments(const Node& node) {
        check_shape(node, moments_shape(), subject_, diagnostics_);
        const Node* at = node.find_value("at");
        return at == nullptr ? ScheduleForm{} : read_events(node, *at);
    }

    ScheduleForm read_events(const Node& node, const Node& dates) {
        core::EventsSchedule events;
        const auto add = [&](const Node& date) {
            if (const auto moment = read_date(date, context_)) {
                events.at.push_back(*moment);
            }
        };
        if (dates.is_list()) {
            std::ranges::for_each(dates.items, add);
        } else {
            add(dates);
        }
        std::ranges::sort(events.at);
        const auto twice = std::ranges::unique(events.at);
        events.at.erase(twice.begin(), twice.end());
        if (const Node* description = node.find_value("description")) {
            events.description = description->as_text().value_or("");
        }
        return {.schedule = std::move(events)};
    }

    ScheduleForm read_timetable(const Node& node, const TimetableClass& kind) {
        check_shape(node, *kind.shape, subject_, diagnostics_);
        const Node* first = node.find_value(kind.first_argument);
        if (first == nullptr) {
            return {};
        }
        if (kind.name == "EventsTimetable") {
            return read_events(node, *first);
        }
        ScheduleForm form;
        if (kind.first_argument == "delta") {
            form = read_delta(*first);
        } else {
            std::vector<std::string> expressions;
            for (const Node* expression : first->as_texts()) {
                expressions.push_back(core::expand_preset(expression->text));
            }
            form = crons(std::move(expressions));
            read_cron_rest(node, form);
        }
        form.intervals =
            core::IntervalRule{.between_fires = kind.name.ends_with("DataIntervalTimetable")};
        if (const Node* interval = node.find_value("interval")) {
            form.intervals->length = read_span(*interval).value_or(Duration::zero());
        }
        return form;
    }

    static void read_cron_rest(const Node& node, ScheduleForm& form) {
        auto* cron = std::get_if<core::CronSchedule>(&form.schedule);
        const Node* zone = node.find_value("timezone");
        if (cron != nullptr && zone != nullptr) {
            cron->timezone = zone->as_text().value_or("");
        }
        const Node* immediately = node.find_value("run_immediately");
        if (immediately == nullptr) {
            return;
        }
        if (const auto always = immediately->as_boolean()) {
            form.run_immediately = *always ? Duration::max() : Duration::zero();
        } else {
            form.run_immediately = read_duration(*immediately).value_or(Duration::zero());
        }
    }

    const DateContext& context_;
    const Subject& subject_;
    Diagnostics& diagnostics_;
};

}  // namespace

ScheduleForm read_schedule(
    const Node& node, const DateContext& context, const Subject& subject, Diagnostics& diagnostics
) {
    return ScheduleReader(context, subject, diagnostics).read(node);
}

}  // namespace reel::dagfile
