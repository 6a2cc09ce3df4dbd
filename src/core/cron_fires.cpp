#include "cron_fires.hpp"

#include <algorithm>

namespace reel::core {

namespace {

using std::chrono::ceil;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration horizon = std::chrono::days(8 * 366);
constexpr Duration tick(1);
/// No clock was ever moved by more than a day.
constexpr Duration longest_change = std::chrono::hours(25);

/// One search: what is asked for, within spans of one offset each.
class Search {
  public:
    Search(const CronFields& fields, const Zone& zone, const ClockRules& rules)
        : fields_(fields), zone_(zone), rules_(rules) {}

    /// The first fire after `after` of those that the span's own clock shows or its start shifts.
    [[nodiscard]] std::optional<Timestamp> first_in(const Zone::Offset& span, Timestamp after)
        const {
        const auto shown = first_shown(span, after);
        const auto shifted =
            rules_.gap == GapRule::shift ? first_shifted(span, after) : std::nullopt;
        if (!shown || !shifted) return shown ? shown : shifted;
        return std::min(*shown, *shifted);
    }

    /// What no fire behind a span comes before: spans in which none can be are passed over.
    [[nodiscard]] std::optional<Timestamp> earliest_after(const Zone::Offset& span) const {
        const auto match = first_after(span.until - longest_change, span.east);
        if (!match) return std::nullopt;
        return Timestamp(match->time_since_epoch() - span.east) - 2 * longest_change;
    }

  private:
    /// The first matching minute whose moment, `east` of it, lies after `after`.
    [[nodiscard]] std::optional<WallMinute> first_after(Timestamp after, seconds east) const {
        const WallTime from((after + tick).time_since_epoch() + east);
        return first_match(fields_, ceil<minutes>(from));
    }

    [[nodiscard]] std::optional<Timestamp> first_shown(const Zone::Offset& span, Timestamp after)
        const {
        for (;;) {
            const auto match = first_after(after, span.east);
            if (!match) return std::nullopt;
            const Timestamp at(match->time_since_epoch() - span.east);
            if (at >= span.until) return std::nullopt;
            if (counts(span, at)) return at;
            after = at;
        }
    }

    /// Whether a time that the clock may show twice counts in this span.
    [[nodiscard]] bool counts(const Zone::Offset& span, Timestamp at) const {
        if (rules_.overlap == OverlapRule::first && is_near(at, span.since)) {
            const auto turned_back = zone_.offset_at(span.since - tick).east - span.east;
            return at >= span.since + turned_back;
        }
        if (rules_.overlap == OverlapRule::last && is_near(at, span.until)) {
            const auto turned_back = span.east - zone_.offset_at(span.until).east;
            return at < span.until - turned_back;
        }
        return true;
    }

    [[nodiscard]] static bool is_near(Timestamp at, Timestamp change) {
        if (change == Timestamp::min() || change == Timestamp::max()) return false;
        return std::chrono::abs(at - change) <= longest_change;
    }

    /// The times that the clocks left out when the span began, as far behind its start as they lay
    /// behind the end of the time before.
    [[nodiscard]] std::optional<Timestamp> first_shifted(const Zone::Offset& span, Timestamp after)
        const {
        if (span.since == Timestamp::min()) return std::nullopt;
        const Timestamp from = std::max(after, span.since - tick);
        if (!is_near(from, span.since)) return std::nullopt;
        const auto east_before = zone_.offset_at(span.since - tick).east;
        const auto match = first_after(from, east_before);
        if (!match) return std::nullopt;
        const Timestamp at(match->time_since_epoch() - east_before);
        if (at >= span.since + (span.east - east_before)) return std::nullopt;
        return at;
    }

    const CronFields& fields_;
    const Zone& zone_;
    const ClockRules& rules_;
};

}  // namespace

ClockRules resolve(const DstPolicy& policy, const CronFields& fields) {
    const bool by_elapsed_time = fields.every_hour();
    return {
        .gap = policy.gap.value_or(by_elapsed_time ? GapRule::skip : GapRule::shift),
        .overlap = policy.overlap.value_or(by_elapsed_time ? OverlapRule::both : OverlapRule::last),
    };
}

std::optional<Timestamp> next_cron_fire(
    const CronFields& fields, const Zone& zone, const ClockRules& rules, Timestamp after
) {
    const Search search(fields, zone, rules);
    const Timestamp end = after + horizon;
    for (Zone::Offset span = zone.offset_at(after);;) {
        if (const auto fire = search.first_in(span, after)) return fire;
        if (span.until > end) return std::nullopt;
        const auto earliest = search.earliest_after(span);
        if (!earliest) return std::nullopt;
        after = std::max(span.until, *earliest) - tick;
        span = zone.offset_at(after + tick);
    }
}

}  // namespace reel::core
