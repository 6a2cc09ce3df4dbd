#include "reel/core/schedule.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "calendar_delta.hpp"
#include "cron_fires.hpp"

namespace reel::core {

namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr Duration tick(1);
constexpr Duration horizon = days(8 * 366);

void take_earlier(std::optional<Timestamp>& best, std::optional<Timestamp> other) {
    if (other && (!best || *other < *best)) best = other;
}

struct NeverFires {
    [[nodiscard]] static std::optional<Timestamp> after(Timestamp) { return std::nullopt; }
};

struct CronFires {
    Zone zone;
    std::vector<std::pair<CronFields, ClockRules>> expressions;

    [[nodiscard]] std::optional<Timestamp> after(Timestamp at) const {
        std::optional<Timestamp> best;
        for (const auto& [fields, rules] : expressions) {
            take_earlier(best, next_cron_fire(fields, zone, rules, at));
        }
        return best;
    }
};

struct DeltaFires {
    Duration every;
    Timestamp anchor;

    [[nodiscard]] std::optional<Timestamp> after(Timestamp at) const {
        if (at < anchor) return anchor;
        return anchor + ((at - anchor) / every + 1) * every;
    }
};

struct CalendarFires {
    CalendarDelta every;
    Zone zone;
    Timestamp anchor;

    [[nodiscard]] std::optional<Timestamp> next(Timestamp fire) const {
        const auto next = advance(every, zone, fire);
        return next && *next > fire ? next : std::nullopt;
    }
    [[nodiscard]] std::optional<Timestamp> after(Timestamp at) const {
        std::optional<Timestamp> fire = anchor;
        while (fire && *fire <= at) fire = next(*fire);
        return fire;
    }
};

struct ListedFires {
    std::vector<Timestamp> at;  ///< ascending

    [[nodiscard]] std::optional<Timestamp> after(Timestamp moment) const {
        const auto found = std::ranges::upper_bound(at, moment);
        return found == at.end() ? std::nullopt : std::optional(*found);
    }
};

using Fires = std::variant<NeverFires, CronFires, DeltaFires, CalendarFires, ListedFires>;

Fires compile_cron(const CronSchedule& cron, const std::string& timezone, const DstPolicy& dst) {
    const auto zone = Zone::find(cron.timezone.empty() ? timezone : cron.timezone);
    if (!zone) return NeverFires{};
    CronFires fires{*zone, {}};
    const auto add = [&](const std::string& expression) {
        const auto fields = parse_cron(expand_preset(expression));
        if (fields) fires.expressions.emplace_back(*fields, resolve(dst, *fields));
    };
    add(cron.expression);
    for (const std::string& other : cron.others) add(other);
    return fires;
}

Fires compile(
    const Schedule& schedule, const std::string& timezone, Timestamp anchor, const DstPolicy& dst
) {
    if (const auto* cron = std::get_if<CronSchedule>(&schedule)) {
        return compile_cron(*cron, timezone, dst);
    }
    if (const auto* delta = std::get_if<DeltaSchedule>(&schedule)) {
        if (delta->every > Duration::zero()) return DeltaFires{delta->every, anchor};
    }
    if (const auto* calendar = std::get_if<CalendarSchedule>(&schedule)) {
        if (const auto zone = Zone::find(timezone)) {
            return CalendarFires{calendar->every, *zone, anchor};
        }
    }
    if (const auto* events = std::get_if<EventsSchedule>(&schedule)) {
        return ListedFires{events->at};
    }
    if (std::holds_alternative<OnceSchedule>(schedule)) return ListedFires{{anchor}};
    return NeverFires{};
}

/// The last fire from `first`, which is one, to `at`: a few steps are tried, then the time between
/// them is halved until few fires fit into it.
template <class AnyFires>
Timestamp last_between(const AnyFires& fires, Timestamp first, Timestamp at) {
    for (int step = 0; step < 8; ++step) {
        const auto next = fires.after(first);
        if (!next || *next > at) return first;
        first = *next;
    }
    Timestamp end = at;
    while (end - first > minutes(1)) {
        const auto next = fires.after(first + (end - first) / 2);
        if (next && *next <= at) {
            first = *next;
        } else {
            end = first + (end - first) / 2;
        }
    }
    for (auto next = fires.after(first); next && *next <= at; next = fires.after(*next)) {
        first = *next;
    }
    return first;
}

/// Looks in windows that widen, then halves the one that holds a fire.
template <class AnyFires>
std::optional<Timestamp> last_fire(const AnyFires& fires, Timestamp at) {
    for (Duration window = minutes(2);; window = std::min(window * 4, horizon)) {
        const auto found = fires.after(at - window - tick);
        if (found && *found <= at) return last_between(fires, *found, at);
        if (window == horizon) return std::nullopt;
    }
}

std::optional<Timestamp> last_fire(const NeverFires& /*none*/, Timestamp /*at*/) {
    return std::nullopt;
}

std::optional<Timestamp> last_fire(const DeltaFires& fires, Timestamp at) {
    if (at < fires.anchor) return std::nullopt;
    return fires.anchor + (at - fires.anchor) / fires.every * fires.every;
}

std::optional<Timestamp> last_fire(const CalendarFires& fires, Timestamp at) {
    if (at < fires.anchor) return std::nullopt;
    Timestamp last = fires.anchor;
    for (auto next = fires.next(last); next && *next <= at; next = fires.next(last)) last = *next;
    return last;
}

std::optional<Timestamp> last_fire(const ListedFires& fires, Timestamp at) {
    const auto behind = std::ranges::upper_bound(fires.at, at);
    return behind == fires.at.begin() ? std::nullopt : std::optional(*(behind - 1));
}

}  // namespace

struct FireTimes::Compiled {
    Fires fires;
};

FireTimes::FireTimes(
    const Schedule& schedule, const std::string& timezone, Timestamp anchor, const DstPolicy& dst
)
    : compiled_(std::make_shared<const Compiled>(compile(schedule, timezone, anchor, dst))) {}

std::optional<Timestamp> FireTimes::after(Timestamp at) const {
    return std::visit([&](const auto& fires) { return fires.after(at); }, compiled_->fires);
}

std::optional<Timestamp> FireTimes::at_or_after(Timestamp at) const {
    return after(at - tick);
}

std::optional<Timestamp> FireTimes::at_or_before(Timestamp at) const {
    return std::visit([&](const auto& fires) { return last_fire(fires, at); }, compiled_->fires);
}

std::optional<Timestamp> FireTimes::before(Timestamp at) const {
    return at_or_before(at - tick);
}

std::int64_t FireTimes::count(Timestamp first, Timestamp last) const {
    if (const auto* delta = std::get_if<DeltaFires>(&compiled_->fires)) {
        const auto from = at_or_after(first);
        return from && *from <= last ? (last - *from) / delta->every + 1 : 0;
    }
    std::int64_t count = 0;
    for (auto fire = at_or_after(first); fire && *fire <= last; fire = after(*fire)) ++count;
    return count;
}

std::optional<Timestamp> next_fire(
    const Schedule& schedule,
    const std::string& timezone,
    Timestamp after,
    Timestamp anchor,
    const DstPolicy& dst
) {
    return FireTimes(schedule, timezone, anchor, dst).after(after);
}

Timestamp subtract(const Span& length, const std::string& timezone, Timestamp at) {
    if (const auto* duration = std::get_if<Duration>(&length)) return at - *duration;
    const auto zone = Zone::find(timezone);
    if (!zone) return at;
    return retreat(std::get<CalendarDelta>(length), *zone, at).value_or(at);
}

Result<void> validate_step(const CalendarDelta& delta) {
    const Zone utc = Zone::find("UTC").value();
    const Timestamp first(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1));
    for (int day = 0; day < 2 * 366; ++day) {
        Timestamp at = first + days(day);
        // A step may lead onward from where it begins and no further from where it ends.
        for (int step = 0; step < 2; ++step) {
            const auto next = advance(delta, utc, at);
            if (!next || *next <= at) {
                return fail(
                    Errc::invalid_argument,
                    "a step of " + python_text(delta) + " does not lead onward from " +
                        format_api(at),
                    "what is added must be more than what is put in place takes away"
                );
            }
            at = *next;
        }
    }
    return {};
}

bool is_known_timezone(const std::string& name) {
    return Zone::find(name).has_value();
}

}  // namespace reel::core
